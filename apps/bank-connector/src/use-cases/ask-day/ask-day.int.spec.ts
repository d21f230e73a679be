import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { STATED_ITEMS_MAX } from '#contracts';
import { addDays, legalDateOf, sha256Hex, SystemClock, type LegalDate } from '#kernel';
import { eventually, eventuallyHolds, tempDir, type TempDir } from '#testing';
import { runConnector, type RunningConnector } from '../../testing/running-connector.js';
import { testProfile } from '../../testing/rig.js';
import { sampleInquiry } from '../../testing/sample-orders.js';
import { ScriptedBank } from '../../testing/scripted-bank.js';
import { RETRY_MS } from './ask-day.js';

const BANK = 'hubeibank';
const DAY_MS = 86_400_000;
/** Beyond 24:00 and the bank's five minutes, whatever the time of day. */
const TO_THE_NEXT_DAY_MS = DAY_MS + 600_000;

const item = (reqNo: string, amt: string) => ({ reqNo, seq: 1, tranCode: 'SF02', stat: 'S', ccy: 'CNY', amt });
const inquiry = (reqNo: string) => ({ reqNo, tranCode: 'SF01', stat: 'S' });
const freezes = (cnt: number, amt: string) => ({ tranCode: 'SF02', stat: 'S', cnt, amts: [{ ccy: 'CNY', amt }] });
const one = {
  stmtNo: 'DZ-1',
  stmtTime: '2026-03-10T00:05:00.000+08:00',
  pages: 1,
  totals: [freezes(1, '5.00')],
  items: [item('R1', '5.00')],
};

describe("asking for a bank's side of a day", () => {
  let folder: TempDir;
  let running: RunningConnector;
  let bank: ScriptedBank;
  let clock: SystemClock;
  let endpoint = '';
  let today: LegalDate;

  beforeEach(async () => {
    folder = await tempDir('days');
    clock = new SystemClock();
    running = await runConnector(folder.path, clock, [{ profile: testProfile(BANK, 'realtime-json'), endpoint: () => endpoint }]);
    bank = new ScriptedBank(running.rig.bankSigner(BANK));
    endpoint = await bank.listen();
    // The first order of a bank begins its days.
    const order = sampleInquiry(running.rig, running.digest);
    await running.rig.dispatch([order]);
    await eventually(() => running.rig.heard.answers.length === 1);
    today = legalDateOf(clock.now());
  });

  afterEach(async () => {
    await running.close();
    await bank.close();
    await folder.remove();
  });

  const heard = () => running.rig.heard.days;
  const facts = () => running.rig.heard.facts.filter(({ type }) => type === 'statement.received').length;
  const askedFor = (day: LegalDate) => bank.daysAsked.filter(({ endDate }) => endDate === day).length;

  it('tells it once, with its exact bytes kept and a fact, and asks no day that has not ended', async () => {
    bank.dayOf = () => one;
    clock.advance(TO_THE_NEXT_DAY_MS);
    const [said] = await eventually(() => (heard().length > 0 ? heard() : undefined));
    expect(said).toMatchObject({
      bank: BANK,
      from: today,
      to: today,
      version: 1,
      part: 1,
      parts: 1,
      statementNo: 'DZ-1',
      references: true,
      totals: [{ action: 'freeze', state: 'executed', count: 1, sums: [{ amount: '5.00', currency: 'CNY' }] }],
      items: [{ orderNumber: 'R1', seq: 1, action: 'freeze', state: 'executed', amount: { amount: '5.00', currency: 'CNY' } }],
      original: { signature: 'valid', keyId: `${BANK}-1` },
    });
    const { reader } = running.rig.database(BANK);
    const [kept] = await reader.all<{ bytes: Buffer; sha256: string }>('SELECT bytes, sha256 FROM day_pages');
    expect([sha256Hex(kept?.bytes ?? ''), kept?.sha256]).toEqual([said?.original.digest, said?.original.digest]);
    await eventuallyHolds(() => expect(facts()).toBe(1));
    expect(bank.daysAsked.map(({ endDate }) => endDate)).toEqual([today]);
  });

  it('asks again on the next days: the same word is told no more, another one is a new version', async () => {
    let round = 0;
    const items = [item('R1', '5.00'), item('R2', '6.00')];
    // A bank that makes its statement anew, or lists its orders in another order, has not changed its word.
    bank.dayOf = ({ endDate }) => ({
      ...one,
      stmtNo: `DZ-${(round += 1)}`,
      items: round % 2 === 0 ? items : [...items].reverse(),
      ...(endDate === today && round > 2 ? { totals: [], items: [] } : {}),
    });
    clock.advance(TO_THE_NEXT_DAY_MS);
    await eventually(() => heard().length === 1);
    clock.advance(DAY_MS);
    await eventually(() => askedFor(today) === 2 && askedFor(addDays(today, 1)) === 1);
    clock.advance(DAY_MS);
    await eventually(() => askedFor(today) === 3);
    const versions = () => heard().flatMap(({ to, version, items }) => (to === today ? [`${version}: ${items.length}`] : []));
    await eventuallyHolds(() => expect(versions()).toEqual(['1: 2', '2: 0']));
    clock.advance(DAY_MS);
    await eventually(() => askedFor(addDays(today, 3)) === 1);
    expect(askedFor(today)).toBe(3);
  });

  it.each<[string, () => void]>([
    ['nothing to say', () => (bank.dayOf = undefined)],
    ['a page that is not its own word', () => (bank.dayGarble = (bytes) => Buffer.from(bytes.toString('utf8').replace('5.00', '6.00')))],
    ['a code that nobody knows', () => (bank.dayOf = () => ({ ...one, items: [{ ...item('R1', '5.00'), stat: 'Q' }] }))],
    ['a page of another day', () => (bank.dayOf = () => ({ ...one, endDate: '2020-01-01' }))],
    ['a second page of another statement', () => (bank.dayOf = ({ page }) => ({ ...one, pages: 2, stmtNo: `DZ-${page}` }))],
  ])('%s: nothing is told, and the bank is asked again', async (_, spoil) => {
    bank.dayOf = () => one;
    spoil();
    clock.advance(TO_THE_NEXT_DAY_MS);
    await eventually(() => askedFor(today) > 0);
    const before = bank.daysAsked.length;
    bank.dayOf = () => one;
    bank.dayGarble = (bytes) => bytes;
    clock.advance(RETRY_MS + 1_000);
    await eventually(() => heard().length === 1);
    expect(bank.daysAsked.length).toBeGreaterThan(before);
    expect(heard()[0]?.items).toHaveLength(1);
  });

  it('takes page after page, and tells part after part', async () => {
    const items = Array.from({ length: STATED_ITEMS_MAX + 1 }, (_, i) => inquiry(`R${String(i).padStart(4, '0')}`));
    bank.dayOf = ({ page }) => ({
      ...one,
      pages: 2,
      totals: [{ tranCode: 'SF01', stat: 'S', cnt: items.length }],
      items: items.slice((page - 1) * STATED_ITEMS_MAX, page * STATED_ITEMS_MAX),
    });
    clock.advance(TO_THE_NEXT_DAY_MS);
    await eventually(() => heard().length === 2);
    expect(heard().map(({ part, parts, items: own }) => [part, parts, own.length])).toEqual([
      [1, 2, STATED_ITEMS_MAX],
      [2, 2, 1],
    ]);
    await eventuallyHolds(() => expect(facts()).toBe(1));
  });
});
