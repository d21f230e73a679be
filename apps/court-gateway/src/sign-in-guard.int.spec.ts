import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FAILURES_FORGOTTEN_MS } from '#access';
import { tempDir, type TempDir } from '#testing';
import { SqlFailureBook } from './adapters/store/sign-in-failures.js';
import { PASSWORD, send, startGateway, type GatewayFixture } from './testing/gateway-fixture.js';

let folder: TempDir;
let gateway: GatewayFixture;
let replica: GatewayFixture;
beforeAll(async () => {
  folder = await tempDir('guard');
  gateway = await startGateway({ dataDir: folder.path });
  replica = await startGateway({ dataDir: folder.path, seed: false });
});
afterAll(async () => {
  await replica.close();
  await gateway.close();
  await folder.remove();
});

function signIn(at: GatewayFixture, username: string, password: string) {
  return send(at.url, 'POST', '/api/v1/auth/token', { username, password });
}

const rows = () => gateway.parts.database.reader.all<{ pair_key: string; failures: number }>('SELECT * FROM sign_in_failures');

describe('failed sign-ins at two replicas', () => {
  it('count together, and whoever must wait waits at both', async () => {
    for (const at of [gateway, replica, gateway, replica]) expect((await signIn(at, 'judge', 'wrong')).status).toBe(401);
    expect((await signIn(gateway, 'judge', 'wrong')).status).toBe(401);
    const blocked = await signIn(replica, 'judge', PASSWORD);
    expect([blocked.status, blocked.headers.get('retry-after')]).toEqual([429, '1']);
    expect((await signIn(replica, 'leader', PASSWORD)).status).toBe(200);
  });

  it('leave nothing in clear, and a right password clears them away everywhere', async () => {
    await signIn(gateway, 'auditor', 'wrong');
    const kept = await rows();
    expect(kept.map(({ failures }) => failures).sort()).toEqual([1, 5]);
    expect(JSON.stringify(kept)).not.toContain('auditor');
    expect((await signIn(replica, 'auditor', PASSWORD)).status).toBe(200);
    expect((await rows()).map(({ failures }) => failures)).toEqual([5]);
  });
});

describe('the book of failures', () => {
  it('counts those at once, forgets old ones and clears them away', async () => {
    const book = new SqlFailureBook(gateway.parts.database, Buffer.alloc(32, 1));
    const other = new SqlFailureBook(replica.parts.database, Buffer.alloc(32, 1));
    const at = 10 * FAILURES_FORGOTTEN_MS;
    await Promise.all([book, other, book, other].map((each) => each.add('a', at, at - FAILURES_FORGOTTEN_MS)));
    expect(await other.find('a')).toEqual({ count: 4, lastAtMs: at });
    await book.add('a', at - 5, at - FAILURES_FORGOTTEN_MS);
    expect(await book.find('a')).toEqual({ count: 5, lastAtMs: at });
    const later = at + 2 * FAILURES_FORGOTTEN_MS;
    await book.add('a', later, later - FAILURES_FORGOTTEN_MS);
    expect(await book.find('a')).toEqual({ count: 1, lastAtMs: later });
    await book.add('b', at, at - FAILURES_FORGOTTEN_MS);
    await book.add('c', later, later - FAILURES_FORGOTTEN_MS);
    expect(await book.find('b')).toBeUndefined();
    await other.clear('a');
    expect(await book.find('a')).toBeUndefined();
  });
});
