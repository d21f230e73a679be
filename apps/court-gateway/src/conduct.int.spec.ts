import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { addDays, legalDateOf } from '#kernel';
import type { Row } from '#persistence';
import { startGateway, type GatewayFixture } from './testing/gateway-fixture.js';
import { addMeasure, approve, fileCase, post, rows, type PostingCase } from './testing/posting-fixture.js';

const NAMESAKE = [{ role: 'debtor', kind: 'person', name: ' 李晓', idType: '01', idNumber: '420106190001010027' }];

let gateway: GatewayFixture;
beforeAll(async () => {
  gateway = await startGateway({ parts: { holdDelivery: true } });
});
afterAll(() => gateway.close());

interface Told extends Row {
  readonly type: string;
  readonly subject: string;
  readonly leaf: Buffer;
}

/** Types of what was told beside acts of the case, with the type of the act that each stands behind in its chain. */
async function toldOf(caseId: string): Promise<string[]> {
  const facts = await rows<Told & { readonly leaf_hash: string }>(
    gateway,
    'SELECT type, subject, leaf, leaf_hash FROM facts WHERE case_id = ? ORDER BY seq',
    caseId,
  );
  const before = (fact: Told) => facts.find(({ leaf_hash }) => leaf_hash === (JSON.parse(fact.leaf.toString()) as { prev?: string }).prev);
  return facts.filter(({ type }) => type.startsWith('conduct.')).map((fact) => `${before(fact)?.type ?? 'nothing'} < ${fact.type}`);
}

const reveal = async (of: PostingCase, username: string) =>
  (await gateway.call(username, 'POST', `/api/v1/parties/${of.debtors[0] ?? ''}/reveal`, { reason: '核对户名' })).status;
const inquire = async (of: PostingCase, username = 'officer') =>
  (await post(gateway, { action: 'inquire', caseId: of.id, banks: ['hubeibank'] }, username)).status;

describe('what is told of an act beside its fact', () => {
  it('is nothing where a handler does his work', async () => {
    const of = await fileCase(gateway);
    expect([await inquire(of), await reveal(of, 'officer')]).toEqual([202, 200]);
    expect(await toldOf(of.id)).toEqual([]);
  });

  it('is that the reader has no part in the case', async () => {
    const of = await fileCase(gateway);
    expect(await reveal(of, 'officer2')).toBe(200);
    const [instrument] = await rows<{ id: string }>(gateway, 'SELECT id FROM instruments WHERE case_id = ? ORDER BY id', of.id);
    expect((await gateway.call('officer2', 'GET', `/api/v1/instruments/${instrument?.id ?? ''}/content`)).status).toBe(200);
    expect((await gateway.call('auditor', 'GET', `/api/v1/instruments/${instrument?.id ?? ''}/content`)).status).toBe(200);
    expect(await toldOf(of.id)).toEqual(['party.revealed < conduct.unrelated-case', 'instrument.read < conduct.unrelated-case']);
  });

  it('is nothing of an approver who reads what he is to approve, or of one who has decided', async () => {
    const of = await fileCase(gateway);
    const measureId = await addMeasure(gateway, of, { to: addDays(legalDateOf(gateway.parts.clock.now()), 100) });
    expect(await reveal(of, 'judge')).toBe(200);
    const posted = await post(gateway, { action: 'release', caseId: of.id, lines: [{ measureId }], ground: '申请执行人同意' });
    expect(posted.status).toBe(202);
    expect(await reveal(of, 'judge')).toBe(200);
    expect((await approve(gateway, posted.at('id'), 'judge', 'reject')).status).toBe(200);
    expect(await reveal(of, 'judge')).toBe(200);
    expect(await reveal(of, 'officer2')).toBe(200);
    expect(await toldOf(of.id)).toEqual(['party.revealed < conduct.unrelated-case', 'party.revealed < conduct.unrelated-case']);
  });

  it('is that officer and subject share a name, also where it is written otherwise, and nothing in clear', async () => {
    const of = await fileCase(gateway, { parties: NAMESAKE });
    expect([await inquire(of), await reveal(of, 'officer')]).toEqual([202, 200]);
    expect(await toldOf(of.id)).toEqual(['request.accepted < conduct.self-linked', 'party.revealed < conduct.self-linked']);
    const [leaf] = await rows<Told>(gateway, "SELECT type, subject, leaf FROM facts WHERE case_id = ? AND type LIKE 'conduct.%'", of.id);
    expect(leaf?.leaf.toString()).not.toContain('李晓');
  });

  it('is nothing where somebody else of the case bears the name', async () => {
    const other = { role: 'debtor', kind: 'person', name: '陈志远', idType: '01', idNumber: '420106190001010019' };
    const of = await fileCase(gateway, { parties: [other, ...NAMESAKE] });
    const asked = await post(gateway, { action: 'inquire', caseId: of.id, banks: ['hubeibank'], debtorIds: [of.debtors[0]] });
    expect(asked.status).toBe(202);
    expect(await toldOf(of.id)).toEqual([]);
  });

  it.each([
    [2, ['request.accepted < conduct.release-near-end']],
    [3, []],
    [300, []],
  ])('is that a measure which ends in %d days is released before the case is satisfied', async (days, told) => {
    const of = await fileCase(gateway);
    const to = addDays(legalDateOf(gateway.parts.clock.now()), days);
    const measureId = await addMeasure(gateway, of, { to });
    const other = await addMeasure(gateway, of, { to: addDays(to, -days + 1) });
    const posted = await post(gateway, { action: 'release', caseId: of.id, lines: [{ measureId }], ground: '申请执行人同意' });
    expect([posted.status, other === measureId]).toEqual([202, false]);
    expect(await toldOf(of.id)).toEqual(told);
  });

  it('is nothing where the case is satisfied', async () => {
    const of = await fileCase(gateway);
    const measureId = await addMeasure(gateway, of, { to: addDays(legalDateOf(gateway.parts.clock.now()), 1) });
    await gateway.parts.database.run((tx) => tx.run('UPDATE cases SET collected = ceiling WHERE id = ?', [of.id]));
    expect((await post(gateway, { action: 'release', caseId: of.id, lines: [{ measureId }], ground: '执行完毕' })).status).toBe(202);
    expect(await toldOf(of.id)).toEqual([]);
  });
});
