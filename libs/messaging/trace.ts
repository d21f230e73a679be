import { context, propagation, SpanKind, SpanStatusCode, trace, type Context } from '@opentelemetry/api';
import { sha256Hex } from '#kernel';
import { letterError } from './letter-errors.js';
import type { Message } from './bus.js';

const tracer = trace.getTracer('chakong/messaging');
const TRACE_ID_CHARS = 32;
const SPAN_ID_CHARS = 16;

/**
 * The W3C trace context of a request and all its orders. It follows from the request's id, so that every process finds the same trace
 * at any time: an order rests in a journal, at a bank, or overnight, and no context would outlast that.
 */
export function traceHeaders(requestId: string | undefined): Readonly<Record<string, string>> {
  if (requestId === undefined || !isTracing()) return {};
  const digest = sha256Hex(requestId);
  const spanId = digest.slice(TRACE_ID_CHARS, TRACE_ID_CHARS + SPAN_ID_CHARS);
  return { traceparent: `00-${digest.slice(0, TRACE_ID_CHARS)}-${spanId}-01` };
}

/** Without a provider every span is the same nought, and headers would cost bytes for nobody. */
function isTracing(): boolean {
  return propagation.fields().length > 0;
}

/** Runs `work` under a span of the trace that a message or a request belongs to. */
export async function inTrace<T>(name: string, headers: Readonly<Record<string, string>>, work: () => Promise<T>): Promise<T> {
  if (!isTracing()) return work();
  const parent: Context = propagation.extract(context.active(), headers);
  return tracer.startActiveSpan(name, { kind: SpanKind.CONSUMER }, parent, async (span) => {
    try {
      return await work();
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: letterError(error) });
      throw error;
    } finally {
      span.end();
    }
  });
}

/** The taking of one message into effect, in the trace that its headers name. */
export function inTraceOf<T>({ type, headers }: Message, work: () => Promise<T>): Promise<T> {
  return inTrace(`take ${type}`, headers, work);
}
