import type { ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { beginSpan, isTracing, type OpenSpan } from '../../process/tracing/trace';

/** Programs and open pages ask for these all the time, and they belong to nothing that a person did. */
const UNTRACED = /^\/(healthz|readyz|metrics|events|assets\/.*)$/;

/** Records a span for each request. It continues the trace of a caller that sends a `traceparent`. */
export function traceRequests(app: FastifyInstance): void {
  if (!isTracing()) return;
  const spans = new WeakMap<FastifyRequest, OpenSpan>();
  app.addHook('onRequest', (request, reply, done) => {
    const { method, routeOptions, headers } = request;
    const route = routeOptions.url;
    if (route !== undefined && UNTRACED.test(route)) return done();
    const facts = { 'http.request.method': method, ...(route !== undefined && { 'http.route': route }) };
    const given = headers.traceparent;
    const caller = typeof given === 'string' ? given : undefined;
    const span = beginSpan(route === undefined ? method : `${method} ${route}`, 'server', facts, caller);
    if (!span) return done();
    spans.set(request, span);
    // Not `onResponse`, which is not called if the client leaves before the end.
    reply.raw.once('close', () => end(span, reply.raw));
    span.within(done);
  });
  // The body arrives outside of what began with `onRequest`.
  app.addHook('preValidation', (request, _reply, done) => {
    const span = spans.get(request);
    if (span) span.within(done);
    else done();
  });
  // So that the line of the log has the ids of the trace.
  app.addHook('onResponse', (request, _reply, done) => {
    const span = spans.get(request);
    if (span) span.within(done);
    else done();
  });
}

function end(span: OpenSpan, { headersSent, statusCode, writableFinished }: ServerResponse): void {
  if (headersSent) span.set({ 'http.response.status_code': statusCode });
  if (!writableFinished) span.end('AbortError');
  else span.end(statusCode >= 500 ? String(statusCode) : undefined);
}
