import { once } from 'node:events';
import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Body, Controller, Get, Module, Post, Req, Res } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Registry } from 'prom-client';
import { silentLog } from '#kernel';
import { eventuallyHolds } from '#testing';
import { createHttpServer, limitCalls, mountOperations, stayOpen, type CallLimits } from './index.js';

const IN_FLIGHT_MAX = 3;

/** Calls that the controller holds until the test lets them go. */
let held: (() => void)[];
const heldUp = (): Promise<void> => new Promise((resolve) => void held.push(resolve));

@Controller()
class WorkController {
  @Post('api/v1/work')
  async work(@Body() body: unknown) {
    await heldUp();
    return { body };
  }

  @Get('api/v1/work')
  async read() {
    await heldUp();
    return {};
  }

  @Post('api/v1/auth/token')
  signIn() {
    return {};
  }

  @Post('connector/bank/answers')
  bank() {
    return {};
  }

  @Get('api/v1/stream')
  stream(@Req() call: FastifyRequest, @Res() reply: FastifyReply): void {
    reply.hijack();
    reply.raw.writeHead(200);
    reply.raw.write('open');
    stayOpen(call);
  }
}

@Module({ controllers: [WorkController] })
class WorkModule {}

let app: NestFastifyApplication;
let registry: Registry;
let isBehind: boolean;

async function serve(limits: Partial<CallLimits> = {}): Promise<void> {
  app = await createHttpServer(WorkModule, silentLog);
  limitCalls(app, { registry, inFlightMax: IN_FLIGHT_MAX, isBehind: () => isBehind, ...limits });
  mountOperations(app, { registry, notReady: () => Promise.resolve([]) });
  await app.listen(0, '127.0.0.1');
}

beforeEach(() => {
  [held, registry, isBehind] = [[], new Registry(), false];
});
afterEach(() => app.close());

const call = async (method: string, path: string, body?: string): Promise<Response> =>
  fetch(`${await app.getUrl()}${path}`, {
    method,
    ...(body === undefined ? {} : { body, headers: { 'content-type': 'application/json' } }),
  });
const letGo = (): void => held.splice(0).forEach((go) => go());
const figure = async (name: string, labels: string): Promise<number> => {
  const line = (await registry.metrics()).split('\n').find((each) => each.startsWith(`${name}{${labels}}`));
  return Number(line?.split(' ')[1] ?? NaN);
};
const inFlight = (pool = 'callers'): Promise<number> => figure('chakong_http_in_flight', `pool="${pool}"`);
const reach = (calls: number): Promise<void> => eventuallyHolds(() => expect(held).toHaveLength(calls));
const free = (): Promise<void> => eventuallyHolds(async () => expect(await inFlight()).toBe(0));

/** As many calls as there are places, none of them answered yet. */
async function fill(): Promise<Promise<Response>[]> {
  const calls = Array.from({ length: IN_FLIGHT_MAX }, () => call('POST', '/api/v1/work', '{}'));
  await reach(IN_FLIGHT_MAX);
  return calls;
}

/** A call by the wire, which the test can break off. */
async function begin(method: string, path: string, headers: Record<string, string>): Promise<ClientRequest> {
  const { hostname, port } = new URL(await app.getUrl());
  const out = request({ hostname, port, method, path, headers });
  out.on('error', () => undefined);
  return out;
}

describe('calls in flight', () => {
  it('beyond the limit are refused at once with a problem document, and served again as soon as a place is free', async () => {
    await serve();
    const calls = await fill();
    const refused = await call('POST', '/api/v1/work', '{}');
    expect([refused.status, refused.headers.get('retry-after'), refused.headers.get('content-type')]).toEqual([
      503,
      '1',
      'application/problem+json; charset=utf-8',
    ]);
    expect(await refused.json()).toMatchObject({ status: 503, code: 'overloaded' });
    expect((await call('GET', '/no/such/route')).status).toBe(503);
    expect(held).toHaveLength(IN_FLIGHT_MAX);
    expect(await figure('chakong_http_refused_total', 'pool="callers",reason="in-flight"')).toBe(2);
    letGo();
    expect((await Promise.all(calls)).map(({ status }) => status)).toEqual([201, 201, 201]);
    await free();
    const next = call('GET', '/api/v1/work');
    await reach(1);
    letGo();
    expect((await next).status).toBe(200);
  });

  it.each([
    ['GET', '/health/live', 200],
    ['GET', '/health/ready', 200],
    ['GET', '/metrics', 200],
    ['POST', '/api/v1/auth/token', 201],
    ['POST', '/connector/bank/answers', 201],
  ])('of callers do not take the place of %s %s', async (method, path, status) => {
    await serve();
    const calls = await fill();
    expect((await call(method, path)).status).toBe(status);
    letGo();
    await Promise.all(calls);
  });

  it('keep their places while the handler works, also when the caller has gone', async () => {
    await serve();
    const out = await begin('GET', '/api/v1/work', {});
    out.end();
    await reach(1);
    out.destroy();
    await eventuallyHolds(async () => expect((await call('GET', '/metrics')).status).toBe(200));
    expect(await inFlight()).toBe(1);
    letGo();
    await free();
  });

  it.each([
    ['in the middle of his body', { 'content-type': 'application/json', 'content-length': '100' }],
    ['in the middle of a chunk', { 'content-type': 'application/json', 'transfer-encoding': 'chunked' }],
    ['before a body of a type that nobody reads', { 'content-type': 'text/plain', 'content-length': '100' }],
  ])('give their places back when the caller goes %s', async (_, headers) => {
    await serve();
    const out = await begin('POST', '/api/v1/work', headers);
    out.write('{"a":');
    if (headers['content-type'] === 'application/json') await eventuallyHolds(async () => expect(await inFlight()).toBe(1));
    out.destroy();
    await free();
    expect(held).toHaveLength(0);
  });

  it('give their places back when the answer stays open', async () => {
    await serve();
    const out = await begin('GET', '/api/v1/stream', {});
    out.end();
    const [answer] = (await once(out, 'response')) as [IncomingMessage];
    expect(answer.statusCode).toBe(200);
    await free();
    out.destroy();
  });
});

describe('bytes of bodies in flight', () => {
  const BIG = JSON.stringify('x'.repeat(600));

  it('are bounded over all calls, by what their headers announce', async () => {
    await serve({ bodyBytesMax: 1_000 });
    const first = call('POST', '/api/v1/work', BIG);
    await reach(1);
    expect((await call('POST', '/connector/bank/answers', BIG)).status).toBe(503);
    expect(await figure('chakong_http_refused_total', 'pool="banks",reason="body-bytes"')).toBe(1);
    const small = call('POST', '/api/v1/work', '{}');
    await reach(2);
    letGo();
    expect([(await first).status, (await small).status]).toEqual([201, 201]);
    await free();
    expect((await call('POST', '/connector/bank/answers', BIG)).status).toBe(201);
  });

  it('let one body alone through, whatever its size', async () => {
    await serve({ bodyBytesMax: 10 });
    expect((await call('POST', '/connector/bank/answers', BIG)).status).toBe(201);
  });
});

describe('a queue that is too long', () => {
  it('refuses what would add to it, and nothing else', async () => {
    await serve();
    isBehind = true;
    const refused = await call('POST', '/api/v1/work', '{}');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
    expect((await call('POST', '/api/v1/auth/token')).status).toBe(201);
    expect((await call('POST', '/connector/bank/answers')).status).toBe(201);
    const read = call('GET', '/api/v1/work');
    await reach(1);
    letGo();
    expect((await read).status).toBe(200);
    isBehind = false;
    const served = call('POST', '/api/v1/work', '{}');
    await reach(1);
    letGo();
    expect((await served).status).toBe(201);
  });
});
