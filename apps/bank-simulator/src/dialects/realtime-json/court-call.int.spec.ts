import { createServer as createPlainServer, type RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { afterEach, describe, expect, it } from '@jest/globals';
import { SystemClock } from '#kernel';
import { TestAuthority } from '#testing';
import { CourtCalls, type CallBackTls } from './court-call.js';

const authority = await TestAuthority.create('court and bank');
const stranger = await TestAuthority.create('stranger');
const court = await authority.issue('court', { hosts: ['127.0.0.1'] });
const bank = await authority.issue('bank', { hosts: ['bank.example'] });
const foreign = await stranger.issue('bank');

describe('a call-back', () => {
  const closers: (() => void)[] = [];
  afterEach(() => {
    for (const close of closers.splice(0)) close();
  });

  const seen: { body: string; peer: string }[] = [];
  const listener: RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { subject } =
        'getPeerCertificate' in request.socket ? (request.socket as TLSSocket).getPeerCertificate() : { subject: undefined };
      seen.push({ body: Buffer.concat(chunks).toString(), peer: subject ? String(subject.CN) : '' });
      response.writeHead(200).end('{}');
    });
  };
  const post = async (tls: CallBackTls | undefined, isSecure: boolean): Promise<number> => {
    const demands = { ca: authority.cert, requestCert: true, rejectUnauthorized: true };
    const server = isSecure ? createServer({ ...court, ...demands }, listener) : createPlainServer(listener);
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const calls = new CourtCalls(new SystemClock(), tls);
    closers.push(
      () => calls.close(),
      () => void server.closeAllConnections(),
      () => void server.close(),
    );
    const { port } = server.address() as AddressInfo;
    return calls.post(`${isSecure ? 'https' : 'http'}://127.0.0.1:${port}/connector/hubeibank/answers`, {}, Buffer.from('answer'));
  };
  const shown = { authority: authority.cert, certificate: bank.cert, key: bank.key };

  it('goes to a connector that speaks TLS with the bank’s certificate, and to a plain one without', async () => {
    expect(await post(shown, true)).toBe(200);
    expect(await post(undefined, false)).toBe(200);
    expect(seen).toEqual([
      { body: 'answer', peer: 'bank' },
      { body: 'answer', peer: '' },
    ]);
  });

  it.each<[string, CallBackTls | undefined]>([
    ['without a certificate', undefined],
    ['with a foreign certificate', { ...shown, certificate: foreign.cert, key: foreign.key }],
    ['that trusts another authority', { ...shown, authority: stranger.cert }],
  ])('%s is not made', async (_, tls) => {
    await expect(post(tls, true)).rejects.toMatchObject({ code: 'unavailable' });
  });
});
