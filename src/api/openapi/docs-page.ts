import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';

/**
 * The plug-in's own policy asks for TLS, which leaves the page blank where there is none, and allows styles from
 * everywhere. Swagger UI sets styles on its elements and has images in its style sheet.
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

const NAME = 'Provider Sync';
const ICON = readFileSync(join(__dirname, '../../web/assets/icon.svg'));

/** Our name and the way back to the pages, in place of the bar of Swagger UI. */
const HEADER = `
const back = document.createElement('a');
back.href = '/';
back.className = 'back';
back.textContent = '${NAME}: back to the pages';
document.body.prepend(back);
`;
const STYLE = `
.back { display: block; padding: 1rem 20px; background: #0a5f54; color: #fff; font: bold 1rem sans-serif; }
`;

/** `/docs`: shows the API document, and lets people try it. */
export async function docsPage(app: FastifyInstance): Promise<void> {
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: POLICY,
    theme: {
      title: `API · ${NAME}`,
      favicon: [{ filename: 'icon.svg', rel: 'icon', sizes: 'any', type: 'image/svg+xml', content: ICON }],
      css: [{ filename: 'header.css', content: STYLE }],
      js: [{ filename: 'header.js', content: HEADER }],
    },
    uiConfig: { layout: 'BaseLayout', deepLinking: true, docExpansion: 'list', tryItOutEnabled: true },
  });
}
