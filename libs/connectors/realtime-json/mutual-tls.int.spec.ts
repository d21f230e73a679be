import type { TLSSocket } from 'node:tls';
import type { ServerOptions } from 'node:https';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { BankTls, WireOrder } from '#connector-sdk';
import { SystemClock } from '#kernel';
import { TestAuthority } from '#testing';
import { listen, makeSides, replyWith, type Handler } from './fixtures/bank-side.js';
import { RealtimeJson } from './index.js';

const DAY_MS = 86_400_000;
const ended = { from: Date.now() - 2 * DAY_MS, to: Date.now() - DAY_MS };
const order: WireOrder = { orderNumber: '2026-1', legalPerson: 'b', bytes: Buffer.from('{}'), signature: '' };
const sides = makeSides();
const never = new AbortController().signal;

const bankAuthority = await TestAuthority.create('bank authority');
const courtAuthority = await TestAuthority.create('court authority');
const stranger = await TestAuthority.create('stranger');
const hosts = ['127.0.0.1', 'localhost'];
const server = await bankAuthority.issue('bank', { hosts });
const client = await courtAuthority.issue('court');

const shown = (authority: string, { cert, key }: { cert: string; key: string }): BankTls => ({ authority, certificate: cert, key });
const good = shown(bankAuthority.cert, client);
const door = (over: ServerOptions = {}): ServerOptions => ({
  ...server,
  ca: courtAuthority.cert,
  requestCert: true,
  rejectUnauthorized: true,
  minVersion: 'TLSv1.2',
  ...over,
});

describe('mutual TLS with the bank', () => {
  const closers: (() => Promise<void> | void)[] = [];

  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });

  const answer = replyWith(sides.bank, 200, '{}', 'answer');
  let calls = 0;
  const counted: Handler = (request, response, body) => {
    calls += 1;
    return answer(request, response, body);
  };
  const connect = async (tls: BankTls, options: ServerOptions, handler: Handler = answer, host = '127.0.0.1'): Promise<RealtimeJson> => {
    const bank = await listen(handler, options);
    const config = { endpoint: () => `https://${host}:${bank.port}/bank`, concurrency: 4, connectMs: 2_000, tls };
    const connector = new RealtimeJson(config, sides.signatures, new SystemClock());
    closers.push(
      () => bank.close(),
      () => connector.close(),
    );
    return connector;
  };

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('carries orders with certificates of both sides over %s', async (version) => {
    let peer = '';
    const connector = await connect(good, door({ minVersion: version, maxVersion: version }), (request, response, body) => {
      const socket = request.socket as TLSSocket;
      peer = `${socket.getProtocol()} ${String(socket.getPeerCertificate().subject.CN)}`;
      return answer(request, response, body);
    });
    expect(await connector.send(order, never)).toMatchObject({ kind: 'answered' });
    expect(peer).toBe(`${version} court`);
  });

  it('uses one connection again and resumes the session when it opens another', async () => {
    const seen: { socket: object; resumed: boolean }[] = [];
    const connector = await connect(good, door(), (request, response, body) => {
      const socket = request.socket as TLSSocket;
      seen.push({ socket, resumed: socket.isSessionReused() });
      if (seen.length === 2) response.setHeader('connection', 'close');
      return answer(request, response, body);
    });
    for (let i = 0; i < 3; i++) await connector.send(order, never);
    expect(seen[1]?.socket).toBe(seen[0]?.socket);
    expect(seen[2]?.socket).not.toBe(seen[0]?.socket);
    expect(seen.map(({ resumed }) => resumed)).toEqual([false, false, true]);
  });

  it.each<[string, Promise<{ cert: string; key: string }>, string]>([
    ['has run out', bankAuthority.issue('bank', { hosts, ...ended }), 'bank-certificate-expired'],
    [
      'is not yet good',
      bankAuthority.issue('bank', { hosts, from: Date.now() + DAY_MS, to: Date.now() + 2 * DAY_MS }),
      'bank-certificate-not-yet-valid',
    ],
    ['is for another name', bankAuthority.issue('bank', { hosts: ['bank.example'] }), 'bank-certificate-wrong-name'],
    ['is of another authority', stranger.issue('bank', { hosts }), 'bank-certificate-untrusted'],
    ['is a client’s', bankAuthority.issue('bank'), 'bank-certificate-untrusted'],
  ])('refuses a bank whose certificate %s, and the order does not leave', async (_, certificate, reason) => {
    const before = calls;
    const connector = await connect(good, door(await certificate), counted);
    expect(await connector.send(order, never)).toEqual({ kind: 'unknown', reason });
    expect(await connector.query(order.orderNumber, never)).toEqual({ kind: 'unknown', reason });
    expect(calls).toBe(before);
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'is not let in with a foreign certificate over %s, and the order does not arrive',
    async (version) => {
      const before = calls;
      const tls = shown(bankAuthority.cert, await stranger.issue('court'));
      const connector = await connect(tls, door({ minVersion: version, maxVersion: version }), counted);
      // A server of this runtime breaks the connection without an alert; `tls-faults.spec.ts` has those that send one.
      expect(await connector.send(order, never)).toEqual({ kind: 'unknown', reason: 'connection-broken' });
      expect(calls).toBe(before);
    },
  );

  it('does not even try with a certificate of ours that has run out', async () => {
    let connections = 0;
    const bank = await listen(answer, door());
    bank.onConnection(() => (connections += 1));
    const tls = shown(bankAuthority.cert, await courtAuthority.issue('court', ended));
    const config = { endpoint: () => `https://127.0.0.1:${bank.port}/bank`, concurrency: 1, connectMs: 2_000, tls };
    const connector = new RealtimeJson(config, sides.signatures, new SystemClock());
    closers.push(
      () => bank.close(),
      () => connector.close(),
    );
    expect(await connector.send(order, never)).toEqual({ kind: 'unknown', reason: 'our-certificate-expired' });
    expect(connections).toBe(0);
  });

  it('speaks no version before 1.2, and is not misled by one that does not speak TLS', async () => {
    const old = door({ minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' });
    expect(await (await connect(good, old)).send(order, never)).toEqual({ kind: 'unknown', reason: 'tls-failed' });
    const plain = await listen(answer);
    const config = { endpoint: () => `https://127.0.0.1:${plain.port}`, concurrency: 1, connectMs: 2_000, tls: good };
    const connector = new RealtimeJson(config, sides.signatures, new SystemClock());
    closers.push(
      () => plain.close(),
      () => connector.close(),
    );
    expect(await connector.send(order, never)).toEqual({ kind: 'unknown', reason: 'tls-failed' });
  });
});
