import type { FastifyInstance, FastifyRequest } from 'fastify';
import { beginSpan, isTracing, type OpenSpan } from '../../process/tracing/trace';

/** Programs ask for these every few seconds, and they belong to nothing that a person did. */
const UNTRACED = /^\/(healthz|readyz|metrics|assets\/.*)$/;

/** Records a span for each request. It continues the trace of a caller that sends a `traceparent`. */
export function traceRequests(app: FastifyInstance): void {
  if (!isTracing()) return;
  const spans = new WeakMap<FastifyRequest, OpenSpan>();
  app.addHook('onRequest', (request, _reply, done) => {
    const { method, routeOptions, headers } = request;
    const route = routeOptions.url;
    if (route !== undefined && UNTRACED.test(route)) return done();
    const facts = { 'http.request.method': method, ...(route !== undefined && { 'http.route': route }) };
    const given = headers.traceparent;
    const caller = typeof given === 'string' ? given : undefined;
    const span = beginSpan(route === undefined ? method : `${method} ${route}`, 'server', facts, caller);
    if (!span) return done();
    spans.set(request, span);
    span.within(done);
  });
  // The body arrives outside of what began with `onRequest`.
  app.addHook('preValidation', (request, _reply, done) => {
    const span = spans.get(request);
    if (span) span.within(done);
    else done();
  });
  app.addHook('onResponse', async (request, reply) => {
    const { statusCode: status } = reply;
    const span = spans.get(request);
    span?.set({ 'http.response.status_code': status });
    span?.end(status >= 500 ? String(status) : undefined);
  });
}
