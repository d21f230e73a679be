import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { addDays, addYears, legalDateOf } from '#kernel';
import { findOfficerByUsername, officerAad, type SealedOfficer } from './adapters/store/officer-rows.js';
import { startGateway, BANKS, type GatewayFixture, type Reply } from './testing/gateway-fixture.js';
import { addHolding, addMeasure, approve, fileCase, post, rows, termOf, type PostingCase } from './testing/posting-fixture.js';
import { Vault } from './vault.js';

const NO_ABILITY = {
  ...BANKS[3],
  bank: 'oldbank',
  name: '旧银行',
  legalPersons: [{ code: 'oldbank', name: '旧银行' }],
  actions: ['inquire' as const],
};

let gateway: GatewayFixture;
beforeAll(async () => {
  const banks = [...BANKS, NO_ABILITY as (typeof BANKS)[number]];
  gateway = await startGateway({
    parts: { holdDelivery: true, banks: { all: () => banks, find: (code) => banks.find(({ bank }) => bank === code) } },
  });
});
afterAll(() => gateway.close());

function sql(statement: string, ...params: (string | number)[]): Promise<number> {
  return gateway.parts.database.run((tx) => tx.run(statement, params));
}

/** A new version of the entry of `officer`, as the register would write it. Returns what the old version held. */
async function changeOfficer(change: (clear: SealedOfficer) => SealedOfficer): Promise<SealedOfficer> {
  const vault = new Vault(gateway.parts);
  const key = vault.systemKey('officers');
  const row = await findOfficerByUsername(gateway.parts.database.reader, 'officer');
  if (!row) throw new Error('the demo officer is registered');
  const clear = vault.open<SealedOfficer>(key, 'officers', 'sealed', officerAad(row.id, row.version), row.sealed);
  const sealed = vault.seal(key, 'officers', 'sealed', officerAad(row.id, row.version + 1), change(clear));
  await gateway.parts.database.run((tx) => tx.run('UPDATE officers SET sealed = ?, version = version + 1 WHERE id = ?', [sealed, row.id]));
  return clear;
}

const CAPPED = {
  parties: [{ role: 'debtor', kind: 'person', name: '甲某', idType: '01', idNumber: '420106190001010027', liabilityCap: '100.00' }],
};

function freeze(of: PostingCase, line: Readonly<Record<string, unknown>>, change: Readonly<Record<string, unknown>> = {}): Promise<Reply> {
  return post(gateway, { action: 'freeze', caseId: of.id, lines: [{ amount: '10.00', ...line }], term: termOf(gateway), ...change });
}
const account = { bank: 'hubeibank', account: '4201000000009999' };
const deduct = (of: PostingCase, measureId: string, amount = '10.00') =>
  post(gateway, { action: 'deduct', caseId: of.id, lines: [{ measureId, amount }] });
const release = (of: PostingCase, measureId: string) => post(gateway, { action: 'release', caseId: of.id, lines: [{ measureId }] });
const renew = (of: PostingCase, measureId: string, until: string) =>
  post(gateway, { action: 'renew', caseId: of.id, measureIds: [measureId], until });
const today = () => legalDateOf(gateway.parts.clock.now());

/** One row for each gate of the interface that a posting can meet: how to break it, and where the refusal points. */
const TABLE: readonly [code: string, pointer: string | undefined, breakIt: () => Promise<Reply>][] = [
  [
    'case-closed',
    '/caseId',
    async () => {
      const of = await fileCase(gateway);
      await sql("UPDATE cases SET status = 'closed', closed_manner = 'paid' WHERE id = ?", of.id);
      return freeze(of, account);
    },
  ],
  [
    'subject-not-debtor',
    '/debtorIds/0',
    async () => {
      const of = await fileCase(gateway);
      const [applicant] = await rows<{ id: string }>(gateway, "SELECT id FROM parties WHERE case_id = ? AND role = 'applicant'", of.id);
      return post(gateway, { action: 'inquire', caseId: of.id, debtorIds: [applicant?.id] });
    },
  ],
  ['over-liability', '/lines/0', async () => freeze(await fileCase(gateway, CAPPED), { ...account, amount: '100.01' })],
  [
    'officer-not-filed',
    '/banks/1',
    async () => {
      const of = await fileCase(gateway);
      await sql("UPDATE filings SET state = 'withdrawn' WHERE bank = 'hankoubank'");
      const refused = await post(gateway, { action: 'inquire', caseId: of.id, banks: ['hubeibank', 'hankoubank'] });
      await sql("UPDATE filings SET state = 'filed' WHERE bank = 'hankoubank'");
      return refused;
    },
  ],
  [
    'credentials-incomplete',
    undefined,
    async () => {
      const of = await fileCase(gateway);
      const whole = await changeOfficer(({ dutyIdImage: _, ...rest }) => rest);
      const refused = await freeze(of, account);
      await changeOfficer(() => whole);
      return refused;
    },
  ],
  ['instrument-missing', '/instrumentIds', async () => freeze(await fileCase(gateway, {}, ['freeze-notice']), account)],
  [
    'instrument-mismatch',
    '/lines/0',
    async () => {
      const of = await fileCase(gateway, {}, ['freeze-notice']);
      const ruling = { type: 'freeze-ruling', number: '1', amount: '9.99' };
      await gateway.call('officer', 'POST', `/api/v1/cases/${of.id}/instruments`, ruling);
      return freeze(of, account);
    },
  ],
  ['over-ceiling', '/lines/0', async () => freeze(await fileCase(gateway), { ...account, amount: '189197.51' })],
  [
    'term-too-long',
    '/term/to',
    async () => freeze(await fileCase(gateway), account, { term: { from: today(), to: addYears(today(), 1) } }),
  ],
  [
    'renewal-too-late',
    '/measureIds/0',
    async () => {
      const of = await fileCase(gateway);
      return renew(of, await addMeasure(gateway, of, { from: addDays(today(), -100), to: addDays(today(), -1) }), addDays(today(), 30));
    },
  ],
  [
    'deduct-over-covered',
    '/lines/0/amount',
    async () => {
      const of = await fileCase(gateway);
      return deduct(of, await addMeasure(gateway, of, { limit: 100_00n, covered: 9_99n }));
    },
  ],
  [
    'deduct-in-preservation',
    '/caseId',
    async () => {
      const of = await fileCase(gateway, { kind: 'preservation' });
      return deduct(of, await addMeasure(gateway, of));
    },
  ],
  [
    'exempt-account',
    '/lines/0',
    async () => {
      const of = await fileCase(gateway);
      const restriction = { code: 'migrant-workers-wages' };
      return freeze(of, { holdingId: await addHolding(gateway, of, { sealed: { restriction } }) });
    },
  ],
  [
    'restricted-account',
    '/lines/0',
    async () => {
      const of = await fileCase(gateway);
      const restriction = { code: 'wages', reserve: { amount: '995.00', currency: 'CNY' } };
      await addHolding(gateway, of, { account: account.account, available: 1_000_00n, kind: 'wages', sealed: { restriction } });
      // Naming a known account by its number passes by no restriction of it.
      return freeze(of, account);
    },
  ],
  [
    'court-account-missing',
    '/caseId',
    async () => {
      const of = await fileCase(gateway, { courtAccount: undefined });
      return deduct(of, await addMeasure(gateway, of));
    },
  ],
  [
    'on-hold',
    '/lines/0',
    async () => {
      const of = await fileCase(gateway);
      await sql("UPDATE cases SET hold = '执行异议审查期间' WHERE id = ?", of.id);
      return freeze(of, account);
    },
  ],
  [
    'open-orders',
    '/lines/0',
    async () => {
      const of = await fileCase(gateway);
      const measureId = await addMeasure(gateway, of);
      expect((await release(of, measureId)).status).toBe(202);
      return deduct(of, measureId);
    },
  ],
  ['unsupported-by-bank', '/lines/0/bank', async () => freeze(await fileCase(gateway), { bank: 'oldbank', account: '1' })],
];

describe('each gate', () => {
  it.each(TABLE)('%s refuses, points to %s, changes nothing and leaves a fact', async (code, pointer, breakIt) => {
    const before = await rows<{ n: number }>(gateway, "SELECT COUNT(*) AS n FROM facts WHERE type = 'request.refused'");
    const refused = await breakIt();
    expect([refused.status, refused.at('code'), refused.at('errors.0.pointer')]).toEqual([422, code, pointer]);
    expect(refused.headers.get('content-type')).toContain('application/problem+json');
    const after = await rows<{ n: number }>(gateway, "SELECT COUNT(*) AS n FROM facts WHERE type = 'request.refused'");
    expect(Number(after[0]?.n) - Number(before[0]?.n)).toBe(1);
  });
});

describe('a refusal', () => {
  it('that comes too late for a renewal offers the body of a new freeze, which is accepted as it is', async () => {
    const of = await fileCase(gateway);
    const holdingId = await addHolding(gateway, of);
    const measureId = await addMeasure(gateway, of, {
      holdingId,
      from: addDays(today(), -100),
      to: addDays(today(), -1),
      status: 'expired',
    });
    const refused = await renew(of, measureId, addDays(today(), 30));
    expect(refused.at('code')).toBe('renewal-too-late');
    expect((await post(gateway, refused.at<object>('newFreeze'))).status).toBe(202);
  });

  it('is the first one in the order of the interface, whatever else is wrong', async () => {
    const of = await fileCase(gateway, {}, []);
    await sql("UPDATE cases SET hold = '执行异议审查期间' WHERE id = ?", of.id);
    const all = { bank: 'oldbank', account: '1', amount: '999999.00' };
    expect((await freeze(of, all)).at('code')).toBe('instrument-missing');
    const measureId = await addMeasure(gateway, of, { limit: 300_000_00n });
    expect((await deduct(of, measureId, '300000.01')).at('code')).toBe('instrument-missing');
    const other = await fileCase(gateway);
    const big = await addMeasure(gateway, other, { limit: 300_000_00n });
    expect((await deduct(other, big, '300000.01')).at('code')).toBe('deduct-over-covered');
    expect((await deduct(other, big, '300000.00')).at('code')).toBe('over-ceiling');
  });

  it('lets a release go in a case on hold, suspended or closed', async () => {
    const of = await fileCase(gateway);
    const measureId = await addMeasure(gateway, of);
    await sql("UPDATE cases SET hold = '执行异议审查期间', status = 'suspended' WHERE id = ?", of.id);
    const posted = await release(of, measureId);
    expect([posted.status, (await approve(gateway, posted.at('id'))).at('status')]).toEqual([202, 'dispatched']);
  });
});
