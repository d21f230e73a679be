import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { StatedItem } from '#contracts';
import { addDays, canonicalBytes, instantText, sha256Hex, type CanonicalValue } from '#kernel';
import { Ed25519Verifier, verifyDetached, type Ed25519Signer } from '#trust';
import { eventuallyHolds } from '#testing';
import { addHolding, fileCase, post, rows, type PostingCase } from './testing/posting-fixture.js';
import { answerTo, cny, deliver, dispatched, freezeOrder, frozen, moved, ordersOf } from './testing/bank-words.js';
import { dayWord, endDay, statementOf, statementTasks } from './testing/bank-days.js';
import { BANKS, startGateway, type GatewayFixture } from './testing/gateway-fixture.js';
import { MakeStatement } from './use-cases/make-statement/make-statement.js';
import { WAIT_MS } from './use-cases/make-statement/watch-statements.js';

let gateway: GatewayFixture;
beforeEach(async () => {
  gateway = await startGateway({ parts: { holdDelivery: true } });
});
afterEach(() => gateway.close());

/** A freeze at hubeibank that the bank has executed; its line as the bank would list it. */
async function frozenLine(of: PostingCase, amount = '1000.00', at?: number): Promise<StatedItem> {
  const order = await freezeOrder(gateway, of, await addHolding(gateway, of), amount);
  const minor = Math.round(Number(amount) * 100);
  const when = at === undefined ? {} : { answeredAt: instantText(at) };
  await deliver(gateway, await answerTo(gateway, order, { control: { lines: [frozen(minor, minor)] }, ...when }));
  return { orderNumber: order.order_number, seq: 1, action: 'freeze', state: 'executed', amount: cny(minor) };
}

async function statementFacts(): Promise<number> {
  const [found] = await rows<{ n: number }>(gateway, "SELECT COUNT(*) AS n FROM facts WHERE subject LIKE 'statement:%'");
  return found?.n ?? 0;
}

describe('our side of a day', () => {
  it('counts and sums every action by its final state, and says plainly that nobody has compared it', async () => {
    const of = await fileCase(gateway);
    const bank = 'hankoubank';
    const holdingId = await addHolding(gateway, of, { bank });
    const freeze = await freezeOrder(gateway, of, holdingId, '1000.00');
    await deliver(gateway, await answerTo(gateway, freeze, { control: { lines: [frozen(100_000, 100_000)] } }));
    const [measure] = await rows<{ id: string }>(gateway, 'SELECT id FROM measures WHERE order_number = ?', freeze.order_number);
    const deduct = await dispatched(gateway, { action: 'deduct', caseId: of.id, lines: [{ measureId: measure!.id, amount: '400.00' }] });
    await deliver(gateway, await answerTo(gateway, deduct, { control: { lines: [moved(40_000)] } }));
    const release = await dispatched(gateway, {
      action: 'release',
      caseId: of.id,
      lines: [{ measureId: measure!.id, newLimit: '100.00' }],
    });
    await deliver(gateway, await answerTo(gateway, release, { control: { lines: [frozen(10_000, 10_000)] } }));
    const refused = await freezeOrder(gateway, of, holdingId, '50.00');
    const no = { seq: 1, status: 'refused' as const, reason: { code: 'SYSTEM', text: '不予执行' } };
    await deliver(gateway, await answerTo(gateway, refused, { control: { lines: [no] } }));
    const back = await freezeOrder(gateway, of, holdingId, '60.00');
    await deliver(gateway, await answerTo(gateway, back, { rollback: { code: '03', note: '账户缺失' } }));
    const inquiry = await post(gateway, { action: 'inquire', caseId: of.id, banks: [bank] });
    const [asked] = await ordersOf(gateway, inquiry.at('id'));
    await deliver(gateway, await answerTo(gateway, asked!, { inquiry: { result: 'no-account', holdings: [] } }));
    // Open, so no part of the day.
    await freezeOrder(gateway, of, holdingId, '70.00');

    const day = endDay(gateway);
    const shown = await statementOf(gateway, bank, day);
    expect(shown.at('statement.ours.totals')).toEqual([
      { action: 'inquire', state: 'executed', count: 1, sums: [] },
      { action: 'freeze', state: 'executed', count: 1, sums: [cny(100_000)] },
      { action: 'freeze', state: 'refused', count: 1, sums: [] },
      { action: 'freeze', state: 'rolled-back', count: 1, sums: [] },
      { action: 'release', state: 'executed', count: 1, sums: [cny(50_000)] },
      { action: 'deduct', state: 'executed', count: 1, sums: [cny(40_000)] },
    ]);
    expect([shown.at('bankSide'), shown.at('differences'), shown.at('statement.differences')]).toEqual(['absent', undefined, undefined]);
    expect(shown.at('text')).toContain('未经核对');
    expect(shown.at('text')).toContain('扣划 已执行 1笔 400.00 CNY');
    expect(await statementTasks(gateway)).not.toContainEqual(expect.stringContaining(bank));
  });

  it('is signed over its exact bytes, and a fact', async () => {
    const day = endDay(gateway);
    const shown = await statementOf(gateway, 'wrcb', day);
    const over = Buffer.from(shown.at('signature.over'), 'utf8');
    expect(over).toEqual(canonicalBytes(shown.at<CanonicalValue>('statement')));
    expect(sha256Hex(over)).toBe(shown.at('sha256'));
    const verifier = new Ed25519Verifier((gateway.parts.courtSigner as Ed25519Signer).publicKeyPem(), shown.at('signature.keyId'));
    expect(await verifyDetached(verifier, over, shown.at('signature.value'))).toEqual({ valid: true, keyId: 'court-1' });
    over[40] = (over[40] ?? 0) ^ 1;
    expect(await verifyDetached(verifier, over, shown.at('signature.value'))).toMatchObject({ valid: false });
    expect(await statementFacts()).toBeGreaterThanOrEqual(1);
  });

  it('is made once, also by two processes at the same moment and over a jump of days', async () => {
    const day = endDay(gateway);
    await statementOf(gateway, 'hbrcu', day);
    const make = gateway.app.get(MakeStatement);
    const bank = BANKS.find((one) => one.bank === 'hbrcu')!;
    const again = { bank, period: { from: day, to: day } };
    expect(await Promise.all([make.execute(again), make.execute(again)])).toEqual([false, false]);
    const next = addDays(day, 1);
    const fresh = { bank, period: { from: next, to: next } };
    expect((await Promise.all([make.execute(fresh), make.execute(fresh)])).filter(Boolean)).toHaveLength(1);
    gateway.parts.clock.advance(3 * 86_400_000);
    await statementOf(gateway, 'hbrcu', addDays(day, 3));
    const made = await rows<{ day: string; version: number }>(
      gateway,
      "SELECT day, version FROM statements WHERE bank = 'hbrcu' ORDER BY day",
    );
    expect(made).toEqual([0, 1, 2, 3].map((days) => ({ day: addDays(day, days), version: 1 })));
  });

  it('has a new version when an answer of the day came after the cut-off', async () => {
    const of = await fileCase(gateway);
    const order = await freezeOrder(gateway, of, await addHolding(gateway, of, { bank: 'wrcb' }), '10.00');
    const before = gateway.parts.clock.now();
    const day = endDay(gateway);
    expect((await statementOf(gateway, 'wrcb', day)).at('statement.ours.totals')).toEqual([]);
    const answeredAt = instantText(before);
    await deliver(gateway, await answerTo(gateway, order, { answeredAt, control: { lines: [frozen(1_000, 1_000)] } }));
    gateway.parts.clock.advance(86_400_000);
    const shown = await statementOf(gateway, 'wrcb', day, 2);
    expect(shown.each('statement.ours.totals', 'count')).toEqual([1]);
    expect(shown.each('versions', 'version')).toEqual([1, 2]);
    expect(shown.at('statement.previous')).toBe(shown.each('versions', 'sha256')[0]);
  });
});

describe("the bank's side", () => {
  it('agrees, word for word, and the same word again changes nothing', async () => {
    const of = await fileCase(gateway);
    const line = await frozenLine(of);
    const day = endDay(gateway);
    await deliver(gateway, dayWord(gateway, day, [line]));
    const shown = await statementOf(gateway, 'hubeibank', day);
    expect([shown.at('bankSide'), shown.at('differences')]).toEqual(['stated', 0]);
    expect(shown.at('text')).toContain('逐笔核对一致');
    await deliver(gateway, dayWord(gateway, day, [line]));
    gateway.parts.clock.advance(86_400_000);
    await statementOf(gateway, 'wrcb', addDays(day, 1));
    expect(await rows(gateway, "SELECT version FROM statements WHERE bank = 'hubeibank' AND day = ?", day)).toHaveLength(1);
    expect(await statementTasks(gateway)).toEqual([]);
  });

  it('is stated by the replica that has heard it, leader or not', async () => {
    await gateway.close();
    gateway = await startGateway({ parts: { holdDelivery: true, leader: { held: false } } });
    const day = endDay(gateway);
    await deliver(gateway, dayWord(gateway, day, []));
    expect((await statementOf(gateway, 'hubeibank', day)).at('bankSide')).toBe('stated');
  });

  it('differs: one task for each order, at the court whose order it is, and at the leaders for what nobody has sent', async () => {
    const of = await fileCase(gateway);
    const [alike, wrong, missing] = [await frozenLine(of, '10.00'), await frozenLine(of, '20.00'), await frozenLine(of, '30.00')];
    const unknown: StatedItem = { orderNumber: '29990101420106000000', seq: 1, action: 'deduct', state: 'executed', amount: cny(5) };
    const day = endDay(gateway);
    await deliver(gateway, dayWord(gateway, day, [unknown, { ...wrong, amount: cny(2_001) }, alike]));
    const shown = await statementOf(gateway, 'hubeibank', day);
    expect(shown.at('differences')).toBe(3);
    const sides = shown.at<{ orderNumber: string; side: string }[]>('statement.differences.items');
    expect(Object.fromEntries(sides.map(({ orderNumber, side }) => [orderNumber, side]))).toEqual({
      [wrong.orderNumber]: 'both',
      [missing.orderNumber]: 'ours',
      [unknown.orderNumber]: 'bank',
    });
    expect((await statementTasks(gateway)).sort()).toEqual(
      [`open case ${wrong.orderNumber}`, `open case ${missing.orderNumber}`, `open bank ${unknown.orderNumber}`].sort(),
    );
    const ofLeader = await gateway.call('leader', 'GET', '/api/v1/tasks?kind=statement');
    expect(ofLeader.each('items', 'kind')).toHaveLength(3);
    expect(JSON.stringify(ofLeader.body)).toContain(`请求单${unknown.orderNumber}仅银行有`);
    const ofOfficer = await gateway.call('officer', 'GET', '/api/v1/tasks?kind=statement');
    expect(ofOfficer.each('items', 'kind')).toHaveLength(2);
  });

  it('may be looked into and closed by a leader where it is no court of any order', async () => {
    const day = endDay(gateway);
    await deliver(gateway, dayWord(gateway, day, [{ orderNumber: 'X1', seq: 0, action: 'inquire', state: 'executed' }]));
    await statementOf(gateway, 'hubeibank', day);
    const [task] = (await gateway.call('leader', 'GET', '/api/v1/tasks?kind=statement')).each('items', 'id');
    const path = `/api/v1/tasks/${task}/done`;
    expect((await gateway.call('officer', 'POST', path, {})).status).toBe(404);
    const done = await gateway.call('leader', 'POST', path, { note: '已与银行核实' });
    expect([done.status, done.at('state')]).toEqual([200, 'done']);
  });

  it('comes by totals alone: one difference for an action', async () => {
    const of = await fileCase(gateway);
    await frozenLine(of);
    const day = endDay(gateway);
    const totals = [{ action: 'freeze', state: 'refused', count: 1, sums: [] } as const];
    await deliver(gateway, dayWord(gateway, day, [], { totals, references: false }));
    const shown = await statementOf(gateway, 'hubeibank', day);
    expect(shown.each('statement.differences.items', 'kind')).toEqual(['action']);
    expect(await statementTasks(gateway)).toEqual(['open bank action-freeze']);
  });

  it('comes late: a version without it first and a task to press for it, then one with it', async () => {
    const of = await fileCase(gateway);
    const line = await frozenLine(of);
    const day = endDay(gateway);
    await statementOf(gateway, 'wrcb', day);
    expect((await gateway.call('auditor', 'GET', `/api/v1/statements/hubeibank/${day}`)).status).toBe(404);
    gateway.parts.clock.advance(WAIT_MS);
    const first = await statementOf(gateway, 'hubeibank', day);
    expect([first.at('bankSide'), first.at('statement.differences')]).toEqual(['awaited', undefined]);
    expect(await statementTasks(gateway)).toEqual(['open bank awaited']);
    await deliver(gateway, dayWord(gateway, day, [line]));
    const second = await statementOf(gateway, 'hubeibank', day, 2);
    expect([second.at('bankSide'), second.at('differences')]).toEqual(['stated', 0]);
    expect(await statementTasks(gateway)).toEqual(['done bank awaited']);
  });

  it('is changed by the bank: a new version, a task about the change, and what is no longer different is closed', async () => {
    const of = await fileCase(gateway);
    const line = await frozenLine(of);
    const day = endDay(gateway);
    await deliver(gateway, dayWord(gateway, day, []));
    expect((await statementOf(gateway, 'hubeibank', day)).at('differences')).toBe(1);
    await deliver(gateway, dayWord(gateway, day, [line], { version: 2, statementNo: 'DZ-2' }));
    const second = await statementOf(gateway, 'hubeibank', day, 2);
    expect(second.at('differences')).toBe(0);
    await eventuallyHolds(async () =>
      expect((await statementTasks(gateway)).sort()).toEqual(['open bank changed-2', `done case ${line.orderNumber}`].sort()),
    );
    const listed = await gateway.call('auditor', 'GET', `/api/v1/statements?bank=hubeibank&date=${day}`);
    expect(listed.each('items', 'version')).toEqual([2]);
  });

  it('comes in parts, which count only when all are there', async () => {
    const of = await fileCase(gateway);
    const [one, two] = [await frozenLine(of, '10.00'), await frozenLine(of, '20.00')];
    const day = endDay(gateway);
    const whole = { totals: [{ action: 'freeze', state: 'executed', count: 2, sums: [cny(3_000)] } as const], parts: 2 };
    await deliver(gateway, dayWord(gateway, day, [two], { ...whole, part: 2 }));
    await statementOf(gateway, 'wrcb', day);
    expect((await gateway.call('auditor', 'GET', `/api/v1/statements/hubeibank/${day}`)).status).toBe(404);
    await deliver(gateway, dayWord(gateway, day, [one], whole));
    const shown = await statementOf(gateway, 'hubeibank', day);
    expect([shown.at('differences'), shown.at<string[]>('statement.bankStatement.digests').length]).toEqual([0, 2]);
  });
});

describe('who may read statements', () => {
  it.each([
    ['leader', 200, 4, 200, 200],
    ['auditor', 200, 4, 200, 200],
    ['clerk.wrcb', 200, 1, 200, 404],
    ['reviewer.wrcb', 200, 1, 200, 404],
    ['officer', 403, 0, 403, 403],
    ['judge', 403, 0, 403, 403],
    ['admin', 403, 0, 403, 403],
  ])('%s: list %s with %s banks, wrcb %s, hankoubank %s', async (user, list, banks, own, other) => {
    const day = endDay(gateway, WAIT_MS + 1_000);
    for (const { bank } of BANKS) await statementOf(gateway, bank, day);
    const listed = await gateway.call(user, 'GET', '/api/v1/statements');
    expect(listed.status).toBe(list);
    if (list === 200) expect(listed.each('items', 'bank')).toHaveLength(banks);
    const statusOf = async (bank: string) => (await gateway.call(user, 'GET', `/api/v1/statements/${bank}/${day}`)).status;
    expect([await statusOf('wrcb'), await statusOf('hankoubank')]).toEqual([own, other]);
  });

  it('pages through them, and knows no day that there is not', async () => {
    const day = endDay(gateway, WAIT_MS + 1_000);
    for (const { bank } of BANKS) await statementOf(gateway, bank, day);
    const first = await gateway.call('auditor', 'GET', '/api/v1/statements?limit=3');
    const rest = await gateway.call('auditor', 'GET', `/api/v1/statements?limit=3&cursor=${first.at('nextCursor')}`);
    expect([...first.each('items', 'bank'), ...rest.each('items', 'bank')].sort()).toEqual(BANKS.map(({ bank }) => bank).sort());
    const path = `/api/v1/statements/wrcb`;
    expect((await gateway.call('auditor', 'GET', `${path}/2020-01-01`)).status).toBe(404);
    expect((await gateway.call('auditor', 'GET', `${path}/tomorrow`)).status).toBe(404);
    expect((await gateway.call('auditor', 'GET', `${path}/${day}?version=2`)).status).toBe(404);
    expect((await gateway.call('auditor', 'GET', `${path}/${day}?version=0`)).status).toBe(400);
    expect((await gateway.call('auditor', 'GET', '/api/v1/statements?date=tomorrow')).status).toBe(400);
  });
});
