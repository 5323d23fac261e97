import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';

interface Asset {
  readonly type: string;
  readonly content: Buffer;
  /** Changes with the content, so that browsers may cache an asset for ever. */
  readonly hash: string;
}

const HERE = join(__dirname, 'assets');
/** In the order of the cascade: a later file overrides an earlier one. */
const STYLES = [
  'base',
  'frame',
  'surfaces',
  'messages',
  'lists',
  'status',
  'tables',
  'compare',
  'forms',
  'timeline',
  'gantt',
  'charts',
  'versions',
  'print',
].map((name) => join(HERE, 'styles', `${name}.css`));
/** The content type of each asset, and the files that it consists of. */
const FILES = {
  'style.css': ['text/css; charset=utf-8', STYLES],
  'times.js': ['text/javascript; charset=utf-8', [join(HERE, 'times.js')]],
  'page.js': [
    'text/javascript; charset=utf-8',
    ['page', 'copy', 'clock'].map((name) => join(HERE, `${name}.js`)),
  ],
  'icon.svg': ['image/svg+xml', [join(HERE, 'icon.svg')]],
  'htmx.js': ['text/javascript; charset=utf-8', [require.resolve('htmx.org/dist/htmx.min.js')]],
} as const;
type AssetName = keyof typeof FILES;

const ASSETS = new Map<string, Asset>(
  Object.entries(FILES).map(([name, [type, paths]]) => {
    const content = Buffer.concat(paths.map((path) => readFileSync(path)));
    return [
      name,
      { type, content, hash: createHash('sha256').update(content).digest('base64url').slice(0, 12) },
    ];
  }),
);

/** Files that browsers and crawlers ask for at fixed addresses. */
const WELL_KNOWN = [
  ['/favicon.ico', 'image/x-icon', readFileSync(join(HERE, 'favicon.ico'))],
  ['/robots.txt', 'text/plain; charset=utf-8', 'User-agent: *\nDisallow: /\n'],
] as const;

/** The icon of the pages. */
export const ICON = readFileSync(join(HERE, 'icon.svg'));

/** The address of an asset, with the hash of its content. */
export function asset(name: AssetName): string {
  return `/assets/${name}?v=${ASSETS.get(name)?.hash}`;
}

/** `/assets/*`: style sheet, scripts and icon. Also `/favicon.ico` and `/robots.txt`. */
export async function assetRoutes(app: FastifyInstance): Promise<void> {
  for (const [name, { type, content, hash }] of ASSETS) {
    app.get<{ Querystring: { v?: string } }>(
      `/assets/${name}`,
      { config: { access: 'public' } },
      async (request, reply) =>
        reply
          .type(type)
          .header(
            'Cache-Control',
            request.query.v === hash ? 'public, max-age=31536000, immutable' : 'no-cache',
          )
          .send(content),
    );
  }
  for (const [path, type, content] of WELL_KNOWN) {
    app.get(path, { config: { access: 'public' } }, async (_request, reply) =>
      reply.type(type).header('Cache-Control', 'public, max-age=86400').send(content),
    );
  }
}
