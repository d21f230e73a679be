import { describe, expect, it } from '@jest/globals';
import { anInstrument, policy } from './fixtures/facts.js';
import { type InstrumentState, chooseInstruments, fitsBank, isRuling, newestFitting, requiredInstruments, serves } from './index.js';

describe('legal instruments (R4)', () => {
  it('asks for more in preservation (R7)', () => {
    expect(requiredInstruments(policy, 'freeze', 'execution')).toEqual(['freeze-ruling', 'freeze-notice']);
    expect(requiredInstruments(policy, 'freeze', 'preservation')).toEqual(['freeze-ruling', 'freeze-notice', 'preservation-application']);
  });

  it.each<[InstrumentState, boolean, boolean]>([
    ['draft', true, false],
    ['sealed', true, true],
    ['used', true, true],
    ['void', false, false],
  ])('a %s one serves at posting: %s, at dispatch: %s', (state, atPosting, atDispatch) => {
    const ruling = { type: 'freeze-ruling', state } as const;
    expect([serves(ruling, false), serves(ruling, true)]).toEqual([atPosting, atDispatch]);
  });

  it('asks for no seal of the court on the applicant’s own paper', () => {
    expect(serves({ type: 'preservation-application', state: 'draft' }, true)).toBe(true);
    expect(serves({ type: 'preservation-application', state: 'void' }, true)).toBe(false);
  });

  it('fits its own bank, or every bank when it names none', () => {
    expect([fitsBank({}, 'a'), fitsBank({ bank: 'a' }, 'a'), fitsBank({ bank: 'b' }, 'a')]).toEqual([true, true, false]);
  });

  const type = 'freeze-ruling' as const;
  const old = anInstrument({ type, id: 'old', madeAt: 1 });
  const young = anInstrument({ type, id: 'young', madeAt: 2 });
  it.each([
    ['the newest', [old, young], 'young'],
    ['the newest, whatever the order', [young, old], 'young'],
    ['the larger id of two of an age', [anInstrument({ type, id: 'b' }), anInstrument({ type, id: 'a' })], 'b'],
    ['the larger id of two of an age, whatever the order', [anInstrument({ type, id: 'a' }), anInstrument({ type, id: 'b' })], 'b'],
    ['the newest, though its id is smaller', [anInstrument({ type, id: 'z' }), anInstrument({ type, id: 'a', madeAt: 2 })], 'a'],
    ['none that is void', [old, { ...young, state: 'void' as const }], 'old'],
    ['none of another bank', [old, { ...young, bank: 'bank-b' }], 'old'],
    ['none of another type', [old, anInstrument({ type: 'freeze-notice', id: 'x', madeAt: 9 })], 'old'],
    ['one of its own bank', [old, { ...young, bank: 'bank-a' }], 'young'],
    ['a draft at posting', [old, { ...young, state: 'draft' as const }], 'young'],
    ['nothing', [], undefined],
  ])('chooses %s', (_name, instruments, id) => expect(newestFitting(instruments, type, 'bank-a', false)?.id).toBe(id));

  it('passes over drafts at dispatch', () => {
    expect(newestFitting([old, { ...young, state: 'draft' }], type, 'bank-a', true)?.id).toBe('old');
  });

  it('chooses one of each type, among the named ones when there are any', () => {
    const notice = anInstrument({ type: 'freeze-notice', id: 'notice' });
    const chosen = (named?: string[]) => {
      const result = chooseInstruments(['freeze-ruling', 'freeze-notice'], [old, young, notice], 'bank-a', { named });
      return [result.chosen.map(({ id }) => id), result.missing];
    };
    expect(chosen()).toEqual([['young', 'notice'], []]);
    expect(chosen(['old', 'notice'])).toEqual([['old', 'notice'], []]);
    expect(chosen(['old'])).toEqual([['old'], ['freeze-notice']]);
    expect(chooseInstruments(['freeze-ruling'], [{ ...old, state: 'draft' }], 'bank-a').missing).toEqual([]);
    expect(chooseInstruments(['freeze-ruling'], [{ ...old, state: 'draft' }], 'bank-a', { mustBeSealed: true }).missing).toEqual([
      'freeze-ruling',
    ]);
  });

  it('knows a ruling from a notice', () => {
    expect([isRuling('deduct-ruling'), isRuling('deduct-notice'), isRuling('preservation-application')]).toEqual([true, false, false]);
  });
});
