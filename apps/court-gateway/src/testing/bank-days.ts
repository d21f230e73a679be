import { encodeBody, NOTICES_TOPIC, type BankStated, type StatedItem } from '#contracts';
import { endOfLegalDate, instantText, legalDateOf, newId, sha256Hex, type LegalDate } from '#kernel';
import type { Message } from '#messaging';
import { eventually } from '#testing';
import { CUT_OFF_MS } from '../use-cases/make-statement/watch-statements.js';
import { rows } from './posting-fixture.js';
import type { GatewayFixture } from './gateway-fixture.js';

/** What a bank says of a day, as its connector would send it: one message for each part. */
export function dayWord(gateway: GatewayFixture, day: LegalDate, items: readonly StatedItem[], change: Partial<BankStated> = {}): Message {
  const { clock, entropy } = gateway.parts;
  const body: BankStated = {
    bank: 'hubeibank',
    from: day,
    to: day,
    statementNo: `DZ${day}`,
    statedAt: instantText(clock.now()),
    version: 1,
    part: 1,
    parts: 1,
    totals: totalsOf(items),
    references: true,
    items,
    original: { digest: sha256Hex(JSON.stringify(items)), size: 1, contentType: 'application/json', signature: 'valid', keyId: 'bank-1' },
    factLeafHash: sha256Hex(`statement ${day}`),
    ...change,
  };
  return {
    id: newId(clock, entropy),
    topic: NOTICES_TOPIC,
    key: `${body.bank}/${day}`,
    type: 'bank.stated.v1',
    at: clock.now(),
    headers: {},
    body: encodeBody('bank.stated.v1', body),
  };
}

/** Added up by hand: one currency, and one row for each action and state that comes up. */
export function totalsOf(items: readonly StatedItem[]): BankStated['totals'] {
  const kinds = [...new Set(items.map(({ action, state }) => `${action} ${state}`))];
  return kinds.map((kind) => {
    const own = items.filter(({ action, state }) => `${action} ${state}` === kind);
    const fen = own.reduce((sum, { amount }) => sum + Math.round(Number(amount?.amount ?? 0) * 100), 0);
    const { action, state } = own[0] ?? { action: 'inquire', state: 'executed' };
    return { action, state, count: own.length, sums: fen === 0 ? [] : [{ amount: (fen / 100).toFixed(2), currency: 'CNY' }] };
  });
}

/** Moves the clock beyond the cut-off of the day that it is now, and says which day that was. */
export function endDay(gateway: GatewayFixture, furtherMs = 1_000): LegalDate {
  const { clock } = gateway.parts;
  const day = legalDateOf(clock.now());
  clock.advance(endOfLegalDate(day) + CUT_OFF_MS + furtherMs - clock.now());
  return day;
}

/** Waits for a version of a bank's statement and reads it as the auditor does. */
export async function statementOf(gateway: GatewayFixture, bank: string, day: LegalDate, version = 1) {
  const path = `/api/v1/statements/${bank}/${day}?version=${version}`;
  return eventually(async () => {
    const shown = await gateway.call('auditor', 'GET', path);
    return shown.status === 200 ? shown : undefined;
  });
}

/** `open` or `done`, the case's or nobody's, and what its subject ends in, of every task about statements. */
export async function statementTasks(gateway: GatewayFixture): Promise<string[]> {
  const found = await rows<{ subject: string; state: string; case_id: string | null }>(
    gateway,
    "SELECT subject, state, case_id FROM tasks WHERE kind = 'statement' ORDER BY subject",
  );
  return found.map(({ subject, state, case_id }) => `${state} ${case_id === null ? 'bank' : 'case'} ${subject.split('/').at(-1) ?? ''}`);
}
