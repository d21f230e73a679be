import { context, propagation, trace } from '@opentelemetry/api';
import type { EnvironmentReader } from './settings.js';

/** Where spans go, when they go anywhere. Spans carry ids, names of routes and messages, and durations; never personal data. */
export interface TelemetrySettings {
  /** Base address of an OTLP collector over HTTP, such as `http://collector:4318`. */
  readonly endpoint: string;
  /** Share of the orders that are traced, 0 to 1. */
  readonly ratio: number;
}

/** Spans that wait for the collector; more are dropped, because telemetry must never hold up an order. */
const SPANS_WAITING_MAX = 4_096;

/** `OTEL_EXPORTER_OTLP_ENDPOINT` and `OTEL_TRACES_SAMPLER_ARG`, as other programs know them. Without the first nothing is traced. */
export function readTelemetry(read: EnvironmentReader): TelemetrySettings | undefined {
  const endpoint = read.text('OTEL_EXPORTER_OTLP_ENDPOINT');
  if (endpoint === undefined) return undefined;
  const ratio = Number(read.text('OTEL_TRACES_SAMPLER_ARG') ?? '1');
  if (!URL.canParse(endpoint)) read.faults.push('OTEL_EXPORTER_OTLP_ENDPOINT is an address such as http://collector:4318');
  if (!(ratio >= 0 && ratio <= 1)) read.faults.push('OTEL_TRACES_SAMPLER_ARG is a number from 0 to 1');
  return { endpoint: endpoint.replace(/\/$/, ''), ratio };
}

/**
 * Begins to trace: from here on the spans that `#http` and `#messaging` open are real, and the W3C trace context travels with every
 * message, so that one order is one trace over all processes. Returns what sends the last spans.
 */
export async function startTelemetry(service: string, { endpoint, ratio }: TelemetrySettings): Promise<() => Promise<void>> {
  // Only a process that traces pays for them at its start.
  const { AsyncLocalStorageContextManager } = await import('@opentelemetry/context-async-hooks');
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http');
  const { resourceFromAttributes } = await import('@opentelemetry/resources');
  const sdk = await import('@opentelemetry/sdk-trace-node');
  const { BatchSpanProcessor, NodeTracerProvider, ParentBasedSampler, TraceIdRatioBasedSampler } = sdk;
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': `chakong-${service}` }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url: `${endpoint}/v1/traces` }), { maxQueueSize: SPANS_WAITING_MAX })],
  });
  provider.register({ contextManager: new AsyncLocalStorageContextManager().enable() });
  return async () => {
    await provider.shutdown();
    trace.disable();
    context.disable();
    propagation.disable();
  };
}
