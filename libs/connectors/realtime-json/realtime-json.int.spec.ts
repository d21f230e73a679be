import { createServer as createTcpServer } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { flattenedVerify } from 'jose';
import type { WireOrder } from '#connector-sdk';
import { SystemClock } from '#kernel';
import { freePort } from '#testing';
import { BANK, headerOf, listen, makeSides, replyWith, type Handler } from './fixtures/bank-side.js';
import { JWS_HEADER, manifest, RealtimeJson, STATUS_TABLE } from './index.js';

const order: WireOrder = { orderNumber: '2026-1', legalPerson: 'b', bytes: Buffer.from('{"reqNo":"2026-1"}'), signature: '' };
const sides = makeSides();
const never = new AbortController().signal;

describe('realtime-json over sockets', () => {
  const closers: (() => Promise<void> | void)[] = [];

  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });

  const connectorAt = (endpoint: string, connectMs = 500): RealtimeJson => {
    const connector = new RealtimeJson({ endpoint: () => endpoint, concurrency: 4, connectMs }, sides.signatures, new SystemClock());
    closers.push(() => connector.close());
    return connector;
  };
  const bank = async (handler: Handler): Promise<RealtimeJson> => {
    const server = await listen(handler);
    closers.push(() => server.close());
    return connectorAt(`http://127.0.0.1:${server.port}/bank`);
  };
  const state = (status: number, members: object, over = {}): Handler =>
    replyWith(sides.bank, status, JSON.stringify({ v: 1, reqNo: order.orderNumber, ...members }), 'state', over);
  const unsigned =
    (status: number, body: string): Handler =>
    (_, response) =>
      void response.writeHead(status).end(body);

  it('states what the bank can do, and knows the codes of its table and no other', () => {
    expect(manifest).toMatchObject({ delivery: 'push', statusQuery: true, dedupByReference: true, notices: true, documents: 'inside' });
    expect(STATUS_TABLE).toEqual({ S: 'executed', P: 'partly-executed', F: 'refused', W: 'in-progress' });
  });

  it('hands over exactly the bytes with a signature that an independent library accepts, and brings the reply’s exact bytes back', async () => {
    let seen: { url?: string; method?: string; body?: Buffer; jws?: string } = {};
    const answer = replyWith(sides.bank, 200, '{ "v" : 1 }', 'answer');
    const connector = await bank((request, response, body) => {
      seen = { url: request.url ?? '', method: request.method ?? '', body, jws: String(request.headers[JWS_HEADER]) };
      return answer(request, response, body);
    });
    const outcome = await connector.send(order, never);
    expect(seen).toMatchObject({ url: '/bank/orders', method: 'POST', body: order.bytes });
    const [head = '', empty, signature = ''] = seen.jws?.split('.') ?? [];
    expect(empty).toBe('');
    const understood = { iat: true, jti: true, aud: true, msg: true, sub: true };
    const jws = { protected: head, payload: order.bytes, signature };
    const { protectedHeader } = await flattenedVerify(jws, sides.court.publicKey, { algorithms: ['EdDSA'], crit: understood });
    expect(protectedHeader).toMatchObject({ kid: 'court-1', b64: false, aud: BANK, msg: 'order', sub: order.orderNumber });
    if (outcome.kind !== 'answered') throw new Error(outcome.kind);
    expect(outcome.heard).toMatchObject({ bytes: Buffer.from('{ "v" : 1 }'), contentType: 'application/json' });
    expect(await sides.signatures.judgeReply(outcome.heard, order.orderNumber)).toMatchObject({ worth: { signature: 'valid' } });
    expect(await sides.signatures.judgeReply(outcome.heard, 'another')).toMatchObject({
      worth: { signature: 'invalid' },
      fault: 'not-for-us',
    });
  });

  it('signs each call anew, also the same order and a question', async () => {
    const names: string[] = [];
    const connector = await bank((request, response, body) => {
      const { msg, jti } = headerOf(request);
      names.push(`${msg} ${jti}`);
      return state(202, { state: 'accepted' })(request, response, body);
    });
    await connector.send(order, never);
    await connector.send(order, never);
    await connector.query(order.orderNumber, never);
    expect(names.map((name) => name.split(' ')[0])).toEqual(['order', 'order', 'query']);
    expect(new Set(names).size).toBe(3);
  });

  const received = { state: 'accepted', recvTime: '2026-03-10T11:52:03.120+08:00' };
  const refused = { state: 'rejected', reason: { code: 'E902', text: '报文无法识别' } };
  it.each<[string, Handler, object]>([
    ['taken', state(202, received), { kind: 'accepted', receivedAt: '2026-03-10T03:52:03.120Z' }],
    ['taken without a time', state(202, { state: 'accepted', recvTime: 'noon' }), { kind: 'accepted' }],
    ['refused', state(422, refused), { kind: 'rejected', code: 'FORMAT', text: '报文无法识别', worth: { signature: 'valid' } }],
    [
      'refused by a code that nobody knows',
      state(422, { ...refused, reason: { code: 'E999' } }),
      { kind: 'unknown', reason: 'status-422' },
    ],
    ['refused without a reason', state(422, { state: 'rejected' }), { kind: 'unknown', reason: 'status-422' }],
    ['a state that is not its status', state(202, refused), { kind: 'unknown', reason: 'status-202' }],
    ['of another version', state(202, { ...received, v: 2 }), { kind: 'unknown', reason: 'status-202' }],
    ['about another order', state(202, { ...received, reqNo: 'x' }), { kind: 'unknown', reason: 'status-202' }],
    ['never seen, to an order', state(404, { state: 'not-found' }), { kind: 'unknown', reason: 'status-404' }],
    ['unsigned 202', unsigned(202, '{"v":1,"state":"accepted"}'), { kind: 'unknown', reason: 'status-202-jws-absent' }],
    ['unsigned 422', unsigned(422, '<html>proxy</html>'), { kind: 'unknown', reason: 'status-422-jws-absent' }],
    ['for another call', state(202, received, { irt: 'AAAAAAAAAAAAAAAAAAAAAA' }), { kind: 'unknown', reason: 'status-202-not-for-us' }],
    ['for another receiver', state(202, received, { aud: 'another' }), { kind: 'unknown', reason: 'status-202-not-for-us' }],
    ['401', unsigned(401, ''), { kind: 'unknown', reason: 'status-401' }],
    ['500', unsigned(500, ''), { kind: 'unknown', reason: 'status-500' }],
    ['503', unsigned(503, '{}'), { kind: 'unknown', reason: 'status-503' }],
    ['301', unsigned(301, ''), { kind: 'unknown', reason: 'status-301' }],
  ])('takes a reply to an order for what it is: %s', async (_, handler, outcome) => {
    const connector = await bank(handler);
    expect(await connector.send(order, never)).toMatchObject(outcome);
  });

  it.each<[string, Handler, object]>([
    ['an answer', replyWith(sides.bank, 200, '{}', 'answer'), { kind: 'answered' }],
    ['taken', state(202, received), { kind: 'accepted' }],
    ['never seen', state(404, { state: 'not-found' }), { kind: 'not-found' }],
    ['a router’s 404', unsigned(404, '{"v":1,"reqNo":"2026-1","state":"not-found"}'), { kind: 'unknown', reason: 'status-404-jws-absent' }],
    [
      'never seen, about another number',
      state(404, { state: 'not-found' }, { sub: 'another' }),
      { kind: 'unknown', reason: 'status-404-not-for-us' },
    ],
    ['never seen, from an old reply', state(404, { state: 'not-found' }, { irt: 'AAAAAAAAAAAAAAAAAAAAAA' }), { kind: 'unknown' }],
    ['503', unsigned(503, ''), { kind: 'unknown', reason: 'status-503' }],
  ])('takes a reply to a question for what it is: %s', async (_, handler, outcome) => {
    const connector = await bank(handler);
    expect(await connector.query(order.orderNumber, never)).toMatchObject(outcome);
  });

  it('does not know what happened when the connection breaks before, in the middle of, or without a reply', async () => {
    const broken = await bank((_, response) => void response.destroy());
    expect(await broken.send(order, never)).toEqual({ kind: 'unknown', reason: 'connection-broken' });
    const half = await bank((_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"half":');
      setTimeout(() => response.destroy(), 20);
    });
    expect(await half.send(order, never)).toEqual({ kind: 'unknown', reason: 'connection-broken' });
    const silent = await bank(() => undefined);
    const deadline = new AbortController();
    setTimeout(() => deadline.abort(), 50);
    expect(await silent.send(order, deadline.signal)).toEqual({ kind: 'unknown', reason: 'timed-out' });
  });

  it('does not know either when nobody listens, the address is wrong or not safe, or nothing ever connects', async () => {
    const refusedAt = connectorAt(`http://127.0.0.1:${await freePort()}`);
    expect(await refusedAt.send(order, never)).toEqual({ kind: 'unknown', reason: 'connection-refused' });
    expect((await connectorAt('nonsense').send(order, never)).kind).toBe('unknown');
    for (const unsafe of ['http://bank.example/court', 'https://127.0.0.1:1/bank']) {
      expect(await connectorAt(unsafe).send(order, never)).toEqual({ kind: 'unknown', reason: 'insecure-address' });
    }
    // A server that takes connections and never speaks: connecting works, so the deadline counts and not the time to connect.
    const mute = createTcpServer((socket) => void socket.resume());
    await new Promise<void>((resolve) => void mute.listen(0, '127.0.0.1', resolve));
    closers.push(() => new Promise<void>((resolve) => void mute.close(() => resolve())));
    const address = mute.address();
    const deadline = new AbortController();
    setTimeout(() => deadline.abort(), 50);
    const port = typeof address === 'object' && address ? address.port : 0;
    expect(await connectorAt(`http://127.0.0.1:${port}`, 10).send(order, deadline.signal)).toEqual({
      kind: 'unknown',
      reason: 'timed-out',
    });
  });
});
