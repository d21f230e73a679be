import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import { inTrace, traceHeaders } from './index.js';

describe('without a provider', () => {
  it('adds no header and runs the work as it is', async () => {
    expect(traceHeaders('request-1')).toEqual({});
    await expect(inTrace('work', {}, () => Promise.resolve(7))).resolves.toBe(7);
  });
});

describe('with a provider', () => {
  const spans = new InMemorySpanExporter();
  const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] });

  beforeEach(() => provider.register({ contextManager: new AsyncLocalStorageContextManager().enable() }));
  afterEach(() => {
    spans.reset();
    trace.disable();
    context.disable();
    propagation.disable();
  });

  it('gives one request one trace, whoever asks and whenever', () => {
    const { traceparent } = traceHeaders('request-1');
    expect(traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    expect(traceHeaders('request-1')).toEqual({ traceparent });
    expect(traceHeaders('request-2')).not.toEqual({ traceparent });
  });

  it('puts the work of two processes on one order into that trace', async () => {
    const headers = traceHeaders('request-1');
    await inTrace('send to hubeibank', headers, () => Promise.resolve());
    await expect(inTrace('take order.answered.v1', headers, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    const finished = spans.getFinishedSpans();
    expect(finished.map(({ name }) => name)).toEqual(['send to hubeibank', 'take order.answered.v1']);
    expect(new Set(finished.map((span) => span.spanContext().traceId)).size).toBe(1);
    expect(finished[1]?.status.message).toBe('no');
  });
});
