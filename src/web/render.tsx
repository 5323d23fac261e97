import type { FastifyReply, FastifyRequest } from 'fastify';
import type { JSX } from 'preact';
import { render } from 'preact-render-to-string';
import { Layout } from './components/layout';

interface PageOptions {
  readonly title: string;
  /** Seconds after which a browser without scripts asks again; while something goes on. */
  readonly refresh?: number;
  readonly status?: number;
}

/** Answers with a page in its frame. */
export function sendPage(
  request: FastifyRequest,
  reply: FastifyReply,
  { title, refresh, status = 200 }: PageOptions,
  page: JSX.Element,
): FastifyReply {
  const html = render(
    <Layout
      title={title}
      path={request.url.split('?')[0] ?? '/'}
      role={request.role}
      isOpen={request.isOpen}
      {...(refresh !== undefined && { refresh })}
    >
      {page}
    </Layout>,
  );
  return reply.code(status).type('text/html; charset=utf-8').send(`<!doctype html>${html}`);
}

/** Whether a person asks with a browser, rather than a program. */
export function wantsPage({ headers }: FastifyRequest): boolean {
  return (headers.accept ?? '').includes('text/html');
}
