import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import type { RealExamples } from './real-examples';

/**
 * The plug-in's own policy requires TLS, so that the page stays blank without it, and allows styles from all
 * origins. Swagger UI sets styles on its elements, and its style sheet has embedded images.
 */
const POLICY = {
  'default-src': "'none'",
  'script-src': "'self'",
  'style-src': "'self' 'unsafe-inline'",
  'img-src': "'self' data:",
  'connect-src': "'self'",
  'font-src': "'self'",
  'form-action': "'none'",
  'base-uri': "'none'",
  'frame-ancestors': "'none'",
};

const ASSETS = join(__dirname, 'assets');
const read = (name: string) => readFileSync(join(ASSETS, name), 'utf8');

/** `/docs`: shows the API document under our name, in light and dark, and lets people try the API. */
export async function docsPage(
  app: FastifyInstance,
  { icon, examples }: { readonly icon: Buffer; readonly examples: RealExamples },
): Promise<void> {
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: POLICY,
    theme: {
      title: 'API · Provider Sync',
      favicon: [{ filename: 'icon.svg', rel: 'icon', sizes: 'any', type: 'image/svg+xml', content: icon }],
      css: [{ filename: 'docs.css', content: read('docs.css') }],
      js: [{ filename: 'docs.js', content: read('docs.js') }],
    },
    uiHooks: {
      preHandler: async (request) => {
        if (/^\/docs\/(json|yaml)$/.test(request.url)) await examples.find(request);
      },
    },
    transformSpecification: (document, request) => examples.fill(document, request),
    uiConfig: { layout: 'BaseLayout', deepLinking: true, docExpansion: 'list', tryItOutEnabled: true },
  });
}
