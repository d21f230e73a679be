import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { collectDefaultMetrics, Histogram, type Registry } from 'prom-client';
import { errorText } from '#kernel';

/** What an operator may ask of a process. */
export interface Operations {
  /** Why the process cannot serve now; empty when it can. Asked at each call of `/health/ready`. */
  readonly notReady: () => Promise<readonly string[]>;
  readonly registry: Registry;
}

const SECONDS_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * Serves `GET /health/live`, `GET /health/ready` (503 with reasons while it is not) and `GET /metrics` (Prometheus text), and
 * measures every call by route, never by path: paths hold ids. Call it before the server listens.
 */
export function mountOperations(app: NestFastifyApplication, { notReady, registry }: Operations): void {
  collectDefaultMetrics({ register: registry });
  const seconds = new Histogram({
    name: 'chakong_http_seconds',
    help: 'Duration of HTTP calls by route and status.',
    labelNames: ['method', 'route', 'status'],
    buckets: SECONDS_BUCKETS,
    registers: [registry],
  });
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none';
    seconds.observe({ method: request.method, route, status: String(reply.statusCode) }, reply.elapsedTime / 1000);
    done();
  });
  fastify.get('/health/live', () => ({ status: 'live' }));
  fastify.get('/health/ready', async (_request, reply) => {
    const reasons = await notReady().catch((error: unknown) => [errorText(error)]);
    void reply.status(reasons.length === 0 ? 200 : 503);
    return reasons.length === 0 ? { status: 'ready' } : { status: 'not-ready', reasons };
  });
  fastify.get('/metrics', async (_request, reply) => {
    void reply.header('content-type', registry.contentType);
    return registry.metrics();
  });
}
