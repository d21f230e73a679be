import { describe, expect, it } from '@jest/globals';
import { aDebtor, aFreezeLine, aHolding, deductFacts, freezeFacts, inquireFacts, releaseFacts, renewFacts } from '../fixtures/facts.js';
import { without } from '../fixtures/rows.js';
import {
  type ActionFacts,
  type GateHold,
  REFUSAL_CODES,
  type RestrictionFacts,
  checkAction,
  firstRefusal,
  refusalErrors,
} from '../index.js';

const hold: GateHold = {
  id: 'hold-1',
  subject: 'debtor',
  subjectId: 'debtor-1',
  blocks: ['inquire', 'freeze', 'renew', 'release', 'deduct'],
  reason: '异议',
};
const restricted = (freeze: RestrictionFacts['freeze'], deduct: RestrictionFacts['deduct']): RestrictionFacts => ({
  code: 'x',
  freeze,
  deduct,
  reserve: 10_000n,
  basis: 'x',
});
const nobody = { permitted: false, handler: false };
const stranger = { permitted: true, handler: false };

/** How each failure is brought about: a change of the facts that keeps what other failures changed. */
type Break<F> = (facts: F) => F;
type Breaks<F> = readonly (readonly [code: string, cause: Break<F>])[];
type Common = Pick<ActionFacts, 'actor' | 'case' | 'parties' | 'officer' | 'instruments' | 'holds' | 'banks' | 'instrumentIds'>;

const early = <F extends Common>(): Breaks<F> => [
  ['forbidden', (facts) => ({ ...facts, actor: nobody })],
  ['not-handler', (facts) => ({ ...facts, actor: { ...stranger, permitted: facts.actor.permitted } })],
];
const closedCase = <F extends Common>(facts: F): F => ({ ...facts, case: { ...facts.case, status: 'closed', closedManner: 'paid' } });
const noDebtor = <F extends Common>(facts: F): F => ({
  ...facts,
  parties: facts.parties.map((party) => ({ ...party, role: 'applicant' as const })),
});
const people = <F extends Common>(): Breaks<F> => [
  ['subject-not-debtor', noDebtor],
  ['officer-not-filed', (facts) => ({ ...facts, officer: { ...facts.officer, filings: [] } })],
  ['credentials-incomplete', (facts) => ({ ...facts, officer: { ...facts.officer, workId: '' } })],
];
const onHold = <F extends Common>(): Breaks<F> => [['on-hold', (facts) => ({ ...facts, holds: [hold] })]];
const noBank = <F extends Common>(): Breaks<F> => [['unsupported-by-bank', (facts) => ({ ...facts, banks: [] })]];
const capped = <F extends Common>(facts: F): F => ({ ...facts, parties: facts.parties.map((party) => ({ ...party, liabilityCap: 0n })) });
const lines =
  <F extends { readonly lines: readonly unknown[] }>(change: (line: F['lines'][number]) => F['lines'][number]): Break<F> =>
  (facts) => ({ ...facts, lines: facts.lines.map(change) });

type Inquire = ReturnType<typeof inquireFacts>;
type Freeze = ReturnType<typeof freezeFacts>;
type Renew = ReturnType<typeof renewFacts>;
type Release = ReturnType<typeof releaseFacts>;
type Deduct = ReturnType<typeof deductFacts>;

/** A missing instrument is removed by name; a mismatch is a ruling with no room. Both can be true of different types at once. */
const noNotice =
  <F extends Common>(type: 'freeze-notice' | 'release-notice' | 'deduct-notice'): Break<F> =>
  (facts) => ({ ...facts, instruments: facts.instruments.filter((one) => one.type !== type) });
const spentRuling =
  <F extends Common>(type: 'freeze-ruling' | 'release-ruling' | 'deduct-ruling'): Break<F> =>
  (facts) => ({ ...facts, instruments: facts.instruments.map((one) => (one.type === type ? { ...one, amount: 0n } : one)) });

const INQUIRE: Breaks<Inquire> = [
  ...early<Inquire>(),
  ['case-closed', closedCase],
  ...people<Inquire>(),
  ['instrument-missing', (facts) => ({ ...facts, instruments: without('inquiry-notice') })],
  ...onHold<Inquire>(),
  ...noBank<Inquire>(),
];
const FREEZE: Breaks<Freeze> = [
  ...early<Freeze>(),
  ['case-closed', closedCase],
  ['subject-not-debtor', noDebtor],
  ['over-liability', capped],
  ...people<Freeze>().slice(1),
  ['instrument-missing', noNotice('freeze-notice')],
  ['instrument-mismatch', spentRuling('freeze-ruling')],
  ['over-ceiling', (facts) => ({ ...facts, case: { ...facts.case, committed: 1_000n } })],
  ['term-too-long', (facts) => ({ ...facts, term: { ...facts.term, to: '2030-01-01' } })],
  ['exempt-account', lines((line) => ({ ...line, holding: aHolding({ restriction: restricted('no', 'no') }) }))],
  [
    'restricted-account',
    lines((line) => ({
      ...line,
      holding: line.holding?.restriction ? line.holding : aHolding({ restriction: restricted('above-reserve', 'yes') }),
    })),
  ],
  ...onHold<Freeze>(),
  ...noBank<Freeze>(),
];
const RENEW: Breaks<Renew> = [
  ...early<Renew>(),
  ['case-closed', closedCase],
  ...people<Renew>(),
  ['instrument-missing', noNotice('freeze-notice')],
  ['renewal-too-late', lines((line) => ({ ...line, measure: { ...line.measure, to: '2026-03-09' } }))],
  ['term-too-long', (facts) => ({ ...facts, until: '2030-01-01' })],
  ['exempt-account', lines((line) => ({ ...line, measure: { ...line.measure, restriction: restricted('no', 'no') } }))],
  ...onHold<Renew>(),
  ...noBank<Renew>(),
];
const RELEASE: Breaks<Release> = [
  ...early<Release>(),
  ...people<Release>(),
  ['instrument-missing', noNotice('release-notice')],
  ['instrument-mismatch', spentRuling('release-ruling')],
  ...onHold<Release>(),
  ['open-orders', lines((line) => ({ ...line, measure: { ...line.measure, openDeducts: 1n } }))],
  ...noBank<Release>(),
];
const DEDUCT: Breaks<Deduct> = [
  ...early<Deduct>(),
  ['case-closed', closedCase],
  ['subject-not-debtor', noDebtor],
  ['over-liability', capped],
  ...people<Deduct>().slice(1),
  ['instrument-missing', noNotice('deduct-notice')],
  ['instrument-mismatch', spentRuling('deduct-ruling')],
  ['deduct-over-covered', lines((line) => ({ ...line, measure: { ...line.measure, covered: 0n } }))],
  ['over-ceiling', (facts) => ({ ...facts, case: { ...facts.case, money: { ...facts.case.money, ceiling: 0n } } })],
  ['deduct-in-preservation', (facts) => ({ ...facts, case: { ...facts.case, kind: 'preservation' } })],
  ['exempt-account', lines((line) => ({ ...line, measure: { ...line.measure, restriction: restricted('no', 'no') } }))],
  [
    'restricted-account',
    lines((line) => ({ ...line, measure: { ...line.measure, restriction: line.measure.restriction ?? restricted('yes', 'no') } })),
  ],
  ['court-account-missing', (facts) => ({ ...facts, courtAccount: undefined })],
  ...onHold<Deduct>(),
  ['open-orders', lines((line) => ({ ...line, measure: { ...line.measure, wholeReleaseOpen: true } }))],
  ...noBank<Deduct>(),
];

/** Breaks two rules at once, in both orders, and expects the one that stands first in the list. */
function checkPairs<F extends ActionFacts>(facts: F, breaks: Breaks<F>): void {
  breaks.forEach(([first, breakFirst], i) => {
    expect([first, checkAction(breakFirst(facts))?.code]).toEqual([first, first]);
    for (const [second, breakSecond] of breaks.slice(i + 1)) {
      const pair = `${first} before ${second}`;
      expect([pair, checkAction(breakSecond(breakFirst(facts)))?.code]).toEqual([pair, first]);
      expect([pair, checkAction(breakFirst(breakSecond(facts)))?.code]).toEqual([pair, first]);
    }
  });
}

describe('the first failure is the one that is reported', () => {
  it('inquire', () => checkPairs(inquireFacts(), INQUIRE));
  it('freeze', () => checkPairs(freezeFacts(), FREEZE));
  it('renew: too late before too long', () => checkPairs(renewFacts(), RENEW));
  it('release', () => checkPairs(releaseFacts(), RELEASE));
  it('deduct: over covered before over the ceiling', () => checkPairs(deductFacts(), DEDUCT));

  it.each([
    ['inquire', INQUIRE],
    ['freeze', FREEZE],
    ['release', RELEASE],
  ] as readonly [string, readonly (readonly [string, unknown])[]][])(
    'the order tested for %s is that of the public interface',
    (_action, breaks) => {
      const codes = breaks.map(([code]) => code);
      expect(codes).toEqual(REFUSAL_CODES.filter((code) => codes.includes(code)));
    },
  );

  it('differs from it in the two named places only', () => {
    const order = (breaks: readonly (readonly [string, unknown])[]) => breaks.map(([code]) => code);
    const published = (codes: readonly string[]) => REFUSAL_CODES.filter((code) => codes.includes(code));
    const swap = (codes: readonly string[], a: string, b: string) => codes.map((code) => (code === a ? b : code === b ? a : code));
    expect(order(RENEW)).toEqual(swap(published(order(RENEW)), 'term-too-long', 'renewal-too-late'));
    expect(order(DEDUCT)).toEqual(swap(published(order(DEDUCT)), 'over-ceiling', 'deduct-over-covered'));
  });

  it('reports the first rule that fails over all lines before the next rule', () => {
    const facts = freezeFacts({
      parties: [aDebtor()],
      lines: [
        aFreezeLine({ holding: aHolding({ restriction: restricted('no', 'no') }) }),
        aFreezeLine({ pointer: '/lines/1', debtorId: 'x' }),
      ],
    });
    expect(checkAction(facts)).toMatchObject({ code: 'subject-not-debtor', pointer: '/lines/1' });
  });

  it('stops at the first gate that refuses', () => {
    const asked: string[] = [];
    const gate = (name: string, refuses: boolean) => () => {
      asked.push(name);
      return refuses ? { code: 'invalid' as const, detail: name } : undefined;
    };
    expect(firstRefusal([gate('a', false), gate('b', true), gate('c', true)], {})).toEqual({ code: 'invalid', detail: 'b' });
    expect(asked).toEqual(['a', 'b']);
  });
});

describe('a refusal as the errors of a problem document', () => {
  it('has an entry where there is a pointer', () => {
    expect(refusalErrors({ code: 'on-hold', detail: 'x', pointer: '/a' })).toEqual([{ pointer: '/a', detail: 'x' }]);
    expect(refusalErrors({ code: 'on-hold', detail: 'x' })).toEqual([]);
  });
});
