import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { SIGNATURE_HEADER, type WireOrder } from '#connector-sdk';
import { SystemClock } from '#kernel';
import { freePort } from '#testing';
import { manifest, RealtimeJson, STATUS_TABLE } from './index.js';

const order: WireOrder = {
  orderNumber: '2026/1',
  legalPerson: 'b',
  bytes: Buffer.from('{"orderNumber":"2026/1"}'),
  signature: 'court-1;ed25519;AA',
};

type Handler = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void;

describe('realtime-json', () => {
  const servers: { close(): unknown }[] = [];
  const connectors: RealtimeJson[] = [];

  afterEach(async () => {
    for (const connector of connectors.splice(0)) connector.close();
    for (const server of servers.splice(0)) await server.close();
  });

  const connectorAt = (endpoint: string, connectMs = 500): RealtimeJson => {
    const connector = new RealtimeJson({ endpoint: () => endpoint, concurrency: 4, connectMs }, new SystemClock());
    connectors.push(connector);
    return connector;
  };
  const bank = async (handler: Handler): Promise<RealtimeJson> => {
    const server: Server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => handler(request, response, Buffer.concat(chunks)));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    servers.push({ close: () => (server.closeAllConnections(), new Promise((resolve) => server.close(resolve))) });
    const address = server.address();
    return connectorAt(`http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/bank`);
  };
  const never = new AbortController().signal;
  const reply =
    (status: number, body: string, headers: Record<string, string> = {}): Handler =>
    (_, response) => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
    };

  it('says what it can do, and its table names every word of the dialect', () => {
    expect(manifest).toMatchObject({ delivery: 'push', statusQuery: true, dedupByReference: true, notices: true, documents: 'inside' });
    expect(STATUS_TABLE).toEqual({ done: 'executed', partial: 'partly-executed', refused: 'refused', processing: 'in-progress' });
  });

  it('hands over exactly the bytes and the signature, and brings the answer’s exact bytes back', async () => {
    let seen: { url?: string; method?: string; signature?: unknown; body?: Buffer } = {};
    const connector = await bank((request, response, body) => {
      seen = { url: request.url ?? '', method: request.method ?? '', signature: request.headers[SIGNATURE_HEADER], body };
      response.writeHead(200, { 'content-type': 'application/json', [SIGNATURE_HEADER]: 'bank-1;ed25519;BB' }).end('{ "a" : 1 }');
    });
    const outcome = await connector.send(order, never);
    expect(seen).toEqual({ url: '/bank/orders', method: 'POST', signature: order.signature, body: order.bytes });
    expect(outcome).toEqual({
      kind: 'answered',
      heard: { bytes: Buffer.from('{ "a" : 1 }'), contentType: 'application/json', signature: 'bank-1;ed25519;BB' },
    });
  });

  it.each([
    [202, '{"status":"processing","receivedAt":"2026-03-10T03:52:03.120Z"}', { kind: 'accepted', receivedAt: '2026-03-10T03:52:03.120Z' }],
    [202, 'gone fishing', { kind: 'accepted' }],
    [422, '{"reason":{"code":"FORMAT","text":"报文无法识别"}}', { kind: 'rejected', code: 'FORMAT', text: '报文无法识别' }],
    [422, '<html>proxy</html>', { kind: 'unknown', reason: 'status-422' }],
    [401, '{}', { kind: 'unknown', reason: 'status-401' }],
    [404, '{"status":"not-found"}', { kind: 'unknown', reason: 'status-404' }],
    [500, '', { kind: 'unknown', reason: 'status-500' }],
    [503, '{}', { kind: 'unknown', reason: 'status-503' }],
    [301, '', { kind: 'unknown', reason: 'status-301' }],
  ])('takes a %i to an order for what it is', async (status, body, outcome) => {
    const connector = await bank(reply(status, body));
    expect(await connector.send(order, never)).toMatchObject(outcome);
  });

  it.each([
    [200, '{}', { kind: 'answered' }],
    [202, '{}', { kind: 'accepted' }],
    [404, '{"status":"not-found"}', { kind: 'not-found' }],
    [404, '{"message":"no route"}', { kind: 'unknown', reason: 'status-404' }],
    [404, '', { kind: 'unknown', reason: 'status-404' }],
    [503, '', { kind: 'unknown', reason: 'status-503' }],
  ])('takes a %i with %s to a status query for what it is: only the bank’s own word is NOT_FOUND', async (status, body, outcome) => {
    let url = '';
    const connector = await bank((request, response, bytes) => {
      url = request.url ?? '';
      reply(status, body)(request, response, bytes);
    });
    expect(await connector.query(order.orderNumber, never)).toMatchObject(outcome);
    expect(url).toBe('/bank/orders/2026%2F1');
  });

  it('does not know what happened when the connection breaks before, in the middle of, or without a reply', async () => {
    const broken = await bank((_, response) => response.destroy());
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

  it('does not know either when nobody listens, or the address is wrong, or nothing ever connects', async () => {
    expect(await connectorAt(`http://127.0.0.1:${await freePort()}`).send(order, never)).toEqual({
      kind: 'unknown',
      reason: 'connection-refused',
    });
    expect((await connectorAt('nonsense').send(order, never)).kind).toBe('unknown');
    // A server that takes connections and never speaks: connecting works, so the deadline counts and not the time to connect.
    const mute = createTcpServer(() => undefined);
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    servers.push(mute);
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
