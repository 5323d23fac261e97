import type { FastifyReply, FastifyRequest } from 'fastify';
import type { JSX } from 'preact';
import { render } from 'preact-render-to-string';
import { Layout } from './components/layout';

interface PageOptions {
  readonly title: string;
  /** Seconds after which a browser without scripts reloads the page. */
  readonly refresh?: number;
  /** The address that it loads then; by default the same. */
  readonly refreshTo?: string;
  readonly status?: number;
}

/** Sends a page inside the layout of all pages. */
export function sendPage(
  request: FastifyRequest,
  reply: FastifyReply,
  { title, refresh, refreshTo, status = 200 }: PageOptions,
  page: JSX.Element,
): FastifyReply {
  const html = render(
    <Layout
      title={title}
      path={request.url.split('?')[0] ?? '/'}
      role={request.role}
      isOpen={request.isOpen}
      {...(refresh !== undefined && { refresh })}
      {...(refreshTo !== undefined && { refreshTo })}
    >
      {page}
    </Layout>,
  );
  return reply.code(status).type('text/html; charset=utf-8').send(`<!doctype html>${html}`);
}

/** Whether the request comes from a browser that loads a page, and not from a program. */
export function wantsPage({ headers }: FastifyRequest): boolean {
  return (headers.accept ?? '').includes('text/html');
}
