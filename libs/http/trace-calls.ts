import { context, propagation, SpanKind, SpanStatusCode, trace, type Span } from '@opentelemetry/api';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

const tracer = trace.getTracer('chakong/http');
const SPAN = Symbol('span');
const SERVER_ERROR_FROM = 500;

interface Traced {
  [SPAN]?: Span;
}

/**
 * Opens a span for every call, named by its route and never by its path, because paths hold ids; what the call does happens in its
 * context. Costs next to nothing while nobody traces. Call it before the server listens.
 */
export function traceCalls(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onRequest', (request, _reply, done) => {
    const caller = propagation.extract(context.active(), request.headers);
    const route = request.routeOptions.url ?? 'none';
    const span = tracer.startSpan(`${request.method} ${route}`, { kind: SpanKind.SERVER, attributes: { 'http.route': route } }, caller);
    (request as Traced)[SPAN] = span;
    context.with(trace.setSpan(caller, span), done);
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const span = (request as Traced)[SPAN];
    span?.setAttribute('http.response.status_code', reply.statusCode);
    if (reply.statusCode >= SERVER_ERROR_FROM) span?.setStatus({ code: SpanStatusCode.ERROR });
    span?.end();
    done();
  });
}
