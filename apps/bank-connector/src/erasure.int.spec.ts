import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SystemClock } from '#kernel';
import { insert } from '#persistence';
import { eventually, tempDir, type TempDir } from '#testing';
import { blobsOfCase, EMPTIED } from './adapters/store/case-content.js';
import { testProfile } from './testing/rig.js';
import { runConnector, type CallOptions, type RunningConnector } from './testing/running-connector.js';
import { CASE_ID, sampleFreeze, sampleInquiry } from './testing/sample-orders.js';

const BANK = 'wrcb';
const ASKED = { erasureId: '0195a0c0-0000-7000-8000-000000000070', caseId: CASE_ID };

describe('the erasure of a case at a bank’s connector', () => {
  let folder: TempDir;
  let connector: RunningConnector;
  let clerk = '';
  let reviewer = '';
  const clock = new SystemClock();

  beforeEach(async () => {
    folder = await tempDir('erasure');
    connector = await runConnector(folder.path, clock, [{ profile: testProfile(BANK, 'manual-desk') }]);
    clerk = await connector.token('clerk.wrcb', ['clerk'], BANK);
    reviewer = await connector.token('reviewer.wrcb', ['reviewer'], BANK);
  });

  afterEach(async () => {
    await connector.close();
    await folder.remove();
  });

  const call = (token: string, method: string, path: string, options: CallOptions = {}) =>
    connector.call(method, `/api/v1/desk${path}`, { token, ...options });
  const reader = () => connector.rig.database(BANK).reader;

  /** An order that was answered and reviewed, with a freeze of a lane beside it. Returns the number of each. */
  async function answered() {
    const inquiry = sampleInquiry(connector.rig, connector.digest);
    const freeze = sampleFreeze(connector.rig, connector.digest, { lane: { id: 'lane-1', number: 1 } });
    await connector.rig.dispatch([inquiry, freeze]);
    const path = `/orders/${inquiry.orderNumber}`;
    await eventually(async () => (await call(clerk, 'GET', path)).status === 200);
    const key = 'answered-once';
    const body = { result: 'no-account', lines: [] };
    expect((await call(clerk, 'POST', `${path}/answer`, { body, key })).status).toBe(200);
    expect((await call(reviewer, 'POST', `${path}/review`, { body: { decision: 'approve' } })).status).toBe(200);
    const rollback = { code: '04', note: '无法办理', contact: '李经办', phone: '027-00000000' };
    await eventually(async () => (await call(clerk, 'GET', `/orders/${freeze.orderNumber}`)).status === 200);
    expect((await call(clerk, 'POST', `/orders/${freeze.orderNumber}/rollback`, { body: rollback })).status).toBe(200);
    expect((await call(reviewer, 'POST', `/orders/${freeze.orderNumber}/review`, { body: { decision: 'approve' } })).status).toBe(200);
    await eventually(() => connector.rig.heard.answers.length === 2);
    return { inquiry, freeze, replay: () => call(clerk, 'POST', `${path}/answer`, { body, key }) };
  }

  /** A message about an order that carries no case in its headers, as a resolution does. */
  async function dieInClear(orderNumber: string): Promise<void> {
    const body = Buffer.from(JSON.stringify({ orderNumber, outcome: 'settled', evidence: '口头' }));
    const letter = { reader: 'r', message_id: 'm', topic: 't', msg_key: 'k', type: 'order.resolved.v1', at: 1, headers: '{}', body };
    const end = { attempts: 5, error: '没有该请求单', died_at: 1, redriven_at: null };
    await connector.rig.database(BANK).run((tx) => insert(tx, 'dead_letters', { ...letter, ...end }));
  }

  async function leftOf(): Promise<string[]> {
    const left: string[] = [];
    for (const { table, columns } of EMPTIED) {
      for (const [column, sql] of Object.entries(columns)) {
        const same = /^(leaf_hash|id)$/.test(sql) ? `AND ${column} <> ${sql}` : '';
        const found = await reader().one(`SELECT 1 AS one FROM ${table} WHERE LENGTH(${column}) > 0 ${same} LIMIT 1`);
        if (found) left.push(`${table}.${column}`);
      }
    }
    for (const [table, column] of [
      ['facts', 'opening'],
      ['idempotency_keys', 'answer_sealed'],
      ['dead_letters', 'body'],
    ] as const) {
      const where = table === 'facts' ? 'case_id IS NOT NULL AND' : '';
      if (await reader().one(`SELECT 1 AS one FROM ${table} WHERE ${where} LENGTH(${column}) > 0 LIMIT 1`)) left.push(`${table}.${column}`);
    }
    return left;
  }

  it('empties every telling column and blob, tells the gateway, leaves a fact, and twice is as once', async () => {
    const { inquiry, replay } = await answered();
    const digests = await blobsOfCase(reader(), CASE_ID);
    expect(digests.length).toBeGreaterThan(0);
    await dieInClear(inquiry.orderNumber);
    expect(await leftOf()).toContain('dead_letters.body');
    expect((await leftOf()).length).toBeGreaterThan(5);
    await connector.rig.parts.keys.destroy(CASE_ID);
    await connector.rig.askErasure(BANK, ASKED);
    await connector.rig.askErasure(BANK, ASKED);
    await eventually(() => connector.rig.heard.erased.length > 0);
    expect(connector.rig.heard.erased[0]).toEqual({ ...ASKED, bank: BANK });
    await eventually(() => connector.rig.heard.facts.some(({ type }) => type === 'case.content-destroyed'));
    expect(await leftOf()).toEqual([]);
    for (const digest of digests) expect(await connector.rig.parts.blobs.has(CASE_ID, digest)).toBe(false);
    const gone = await call(clerk, 'GET', `/orders/${inquiry.orderNumber}`);
    expect([gone.status, gone.body['code']]).toEqual([410, 'content-erased']);
    const repeated = await replay();
    expect([repeated.status, repeated.body['code']]).toEqual([410, 'content-erased']);
    const register = await call(clerk, 'GET', '/register');
    expect([register.status, (register.body['items'] as object[]).length]).toEqual([200, 2]);
  });

  it('gives nothing up while the case’s key lives, whoever asks', async () => {
    await answered();
    const before = await leftOf();
    await connector.rig.askErasure(BANK, ASKED);
    await eventually(
      async () => (await reader().one("SELECT 1 AS one FROM dead_letters WHERE type = 'case.erasure-asked.v1'")) !== undefined,
    );
    expect((await leftOf()).filter((name) => name !== 'dead_letters.body')).toEqual(before);
    expect(connector.rig.heard.erased).toEqual([]);
  });
});
