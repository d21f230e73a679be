import { afterEach, describe, expect, it } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TokenIssuer, TokenVerifier } from '#access';
import { SystemClock } from '#kernel';
import { LedgerClient } from './ledger-client.js';

const key = { kid: 'test', secret: Buffer.alloc(32, 7) };
const clock = new SystemClock();
const REQUEST = '0199a3c0-5a7e-7d10-9a4e-0f3f6c1d2b21';

let server: Server | undefined;
afterEach(() => void server?.close());

/** A ledger that answers each path with one text, and tells what it was asked. */
async function ledger(answers: Readonly<Record<string, [number, string]>>) {
  const asked: { url: string; authorization: string | undefined }[] = [];
  server = createServer((request, response) => {
    asked.push({ url: request.url ?? '', authorization: request.headers.authorization });
    const [status, text] = answers[request.url ?? ''] ?? [404, '{}'];
    response.writeHead(status).end(text);
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { asked, client: new LedgerClient(url, new TokenIssuer(key, clock), clock) };
}

describe('the ledger over HTTP', () => {
  it('is asked with a service token, which lasts for the next call', async () => {
    const path = `/ledger/v1/requests/${REQUEST}/proofs`;
    const { asked, client } = await ledger({ [path]: [200, '{"proofs":[],"pending":2,"coveredSize":7}'] });
    expect(await client.proofsOf(REQUEST)).toEqual({ proofs: [], pending: 2 });
    await client.proofsOf(REQUEST);
    expect(asked[1]).toEqual(asked[0]);
    const token = asked[0]?.authorization?.replace('Bearer ', '') ?? '';
    expect((await new TokenVerifier([key], clock).verify(token)).roles).toEqual(['service']);
  });

  it('gives the key of the year’s own log', async () => {
    const { client } = await ledger({ '/ledger/2026/vkey': [200, 'log/2026+abc+key\n'] });
    expect(await client.vkeyOf('gateway.420106/ledger/2026')).toBe('log/2026+abc+key');
  });

  it.each([
    ['an error', [500, '']],
    ['another shape', [200, '{"proofs":{}}']],
  ] as [string, [number, string]][])('that answers with %s is unavailable', async (_, answer) => {
    const { client } = await ledger({ [`/ledger/v1/requests/${REQUEST}/proofs`]: answer });
    await expect(client.proofsOf(REQUEST)).rejects.toMatchObject({ code: 'unavailable', retryable: true });
  });

  it('that nobody serves is unavailable', async () => {
    const client = new LedgerClient('http://127.0.0.1:1', new TokenIssuer(key, clock), clock);
    await expect(client.vkeyOf('log/2026')).rejects.toMatchObject({ code: 'unavailable' });
  });
});
