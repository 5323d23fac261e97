import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';

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

const NAME = 'Provider Sync';

/** Replaces the bar of Swagger UI by our name and a link back to the pages. */
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

/** `/docs`: shows the API document, and lets people try the API. */
export async function docsPage(app: FastifyInstance, icon: Buffer): Promise<void> {
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: POLICY,
    theme: {
      title: `API · ${NAME}`,
      favicon: [{ filename: 'icon.svg', rel: 'icon', sizes: 'any', type: 'image/svg+xml', content: icon }],
      css: [{ filename: 'header.css', content: STYLE }],
      js: [{ filename: 'header.js', content: HEADER }],
    },
    uiConfig: { layout: 'BaseLayout', deepLinking: true, docExpansion: 'list', tryItOutEnabled: true },
  });
}
