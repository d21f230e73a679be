import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiOperation, ApiResponse, type ApiResponseOptions } from '@nestjs/swagger';
import { statusOf } from './problem.js';

/** What the interface's description says of one route. */
export interface RouteDoc {
  readonly summary: string;
  readonly description?: string;
  /** Status of the good answer; 200 unless told otherwise. */
  readonly status?: number;
  /** A whole good answer; its schema is read off it. Left out for answers without JSON. */
  readonly example?: unknown;
  /** Content type of a good answer that is no JSON, for example `application/pdf`. */
  readonly binary?: string;
  /** Stable codes that this route may answer beside those that every route may. */
  readonly errors?: readonly string[];
}

const READ_ERRORS = ['invalid', 'unauthenticated', 'forbidden', 'too-many-requests', 'store-unavailable', 'overloaded'];
const WRITE_ERRORS = [...READ_ERRORS, 'idempotency-key-required', 'idempotency-mismatch', 'too-large', 'unsupported-media-type'];

/** Describes a route that reads. */
export function Reads(doc: RouteDoc): MethodDecorator {
  return applyDecorators(...described(doc, READ_ERRORS));
}

/** Describes a route that writes under an idempotency key. `bodies` are examples by name, where the body's class alone says too little. */
export function WritesOnce(doc: RouteDoc, bodies?: Readonly<Record<string, unknown>>): MethodDecorator {
  return applyDecorators(
    ...described(doc, WRITE_ERRORS),
    ApiHeader({
      name: 'Idempotency-Key',
      required: true,
      description: '幂等键：同一键、同一内容得到同一答复（Idempotency-Replayed: true）；内容不同时 409',
      schema: { type: 'string', minLength: 1, maxLength: 200, pattern: '^[\\x21-\\x7e]+$' },
      example: '3f0a1c9e-7a3d-4f1e-9a55-2a6c0d8b1f10',
    }),
    ...(bodies ? [ApiBody({ schema: schemaOf(Object.values(bodies)[0]), examples: examplesOf(bodies) })] : []),
  );
}

function examplesOf(bodies: Readonly<Record<string, unknown>>) {
  return Object.fromEntries(Object.entries(bodies).map(([name, value]) => [name, { value }]));
}

function described(doc: RouteDoc, common: readonly string[]): MethodDecorator[] {
  const { summary, description, status = 200 } = doc;
  return [
    ApiOperation({ summary, ...(description === undefined ? {} : { description }) }),
    ApiResponse(goodAnswer(doc, status)),
    ...problemAnswers([...new Set([...common, ...(doc.errors ?? [])])]),
  ];
}

function goodAnswer({ summary, example, binary }: RouteDoc, status: number): ApiResponseOptions {
  if (binary !== undefined)
    return { status, description: summary, content: { [binary]: { schema: { type: 'string', format: 'binary' } } } };
  if (example === undefined) return { status, description: summary };
  return { status, description: summary, content: { 'application/json': { schema: schemaOf(example), example } } };
}

/** One response per status, with an example for each code under it. */
function problemAnswers(codes: readonly string[]): MethodDecorator[] {
  const byStatus = new Map<number, string[]>();
  for (const code of codes) byStatus.set(statusOf(code), [...(byStatus.get(statusOf(code)) ?? []), code]);
  return [...byStatus].map(([status, ofStatus]) =>
    ApiResponse({
      status,
      description: ofStatus.join('、'),
      content: { 'application/problem+json': { schema: PROBLEM_SCHEMA, examples: problemExamples(status, ofStatus) } },
    }),
  );
}

function problemExamples(status: number, codes: readonly string[]) {
  return Object.fromEntries(
    codes.map((code) => [code, { value: { type: 'about:blank', title: code, status, code, detail: '中文说明，供人阅读；程序只看 code' } }]),
  );
}

/** RFC 9457 with our two members. */
const PROBLEM_SCHEMA = {
  type: 'object',
  required: ['type', 'title', 'status', 'code', 'detail'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', description: '稳定的错误代码' },
    detail: { type: 'string' },
    errors: {
      type: 'array',
      items: { type: 'object', properties: { pointer: { type: 'string' }, detail: { type: 'string' } } },
    },
  },
};

interface Schema {
  readonly type: string;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
}

/** The JSON schema that an example is one instance of: shapes and types, nothing required. */
function schemaOf(example: unknown): never {
  return schemaOfValue(example) as never;
}

function schemaOfValue(example: unknown): Schema {
  if (Array.isArray(example)) return { type: 'array', items: schemaOfValue(example[0] ?? {}) };
  if (typeof example === 'object' && example !== null) {
    return { type: 'object', properties: Object.fromEntries(Object.entries(example).map(([name, value]) => [name, schemaOfValue(value)])) };
  }
  if (typeof example === 'number') return { type: Number.isInteger(example) ? 'integer' : 'number' };
  return { type: typeof example === 'boolean' ? 'boolean' : 'string' };
}
