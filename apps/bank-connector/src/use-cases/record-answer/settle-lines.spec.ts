import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ControlLine, OrderDispatched } from '#contracts';
import type { AnswerContent } from '#connector-sdk';
import { doubtfulLines, isOver, settleLines, type SettledUnit } from './settle-lines.js';
import { standingOf } from './stand-after-answer.js';

const order = { action: 'freeze', lines: [{ seq: 1 }, { seq: 2 }] } as unknown as OrderDispatched;
const money = (amount: string) => ({ amount, currency: 'CNY' });
const line = (seq: number, status: ControlLine['status'], over: Partial<ControlLine> = {}): ControlLine => ({ seq, status, ...over });
const control = (...lines: ControlLine[]): AnswerContent => ({ control: { lines } });
const rollback: AnswerContent = { rollback: { code: '0404', note: '' } };
const inquiry = (result: 'found' | 'no-account'): AnswerContent => ({ inquiry: { result, holdings: [] } });

/** The units after some answers, each settled on top of the ones before. */
function after(...contents: readonly AnswerContent[]): readonly SettledUnit[] {
  return contents.reduce<readonly SettledUnit[]>((units, content) => {
    const merged = new Map(units.map((unit) => [unit.seq, unit]));
    for (const unit of settleLines(order, units, content).units) merged.set(unit.seq, unit);
    return [...merged.values()];
  }, []);
}
const statuses = (content: AnswerContent | undefined) =>
  content && 'control' in content ? content.control.lines.map(({ seq, status }) => [seq, status]) : content;

describe('settling lines', () => {
  it.each([
    [
      'a first answer is all new',
      [],
      control(line(1, 'executed'), line(2, 'refused')),
      [
        [1, 'executed'],
        [2, 'refused'],
      ],
      [],
    ],
    [
      'a line that the bank passes over is undetermined',
      [],
      control(line(1, 'executed')),
      [
        [1, 'executed'],
        [2, 'undetermined'],
      ],
      [],
    ],
    [
      'the same answer again is nothing',
      [control(line(1, 'executed'), line(2, 'refused'))],
      control(line(1, 'executed'), line(2, 'refused')),
      undefined,
      [],
    ],
    [
      'another balance is no contradiction',
      [control(line(1, 'executed'), line(2, 'refused'))],
      control(line(1, 'executed', { balance: money('1.00'), rank: 3 })),
      undefined,
      [],
    ],
    [
      'another sum is one',
      [control(line(1, 'executed', { covered: money('1.00') }), line(2, 'refused'))],
      control(line(1, 'executed', { covered: money('2.00') })),
      undefined,
      [1],
    ],
    [
      'a line in progress goes on',
      [control(line(1, 'executed'), line(2, 'in-progress'))],
      control(line(2, 'executed')),
      [[2, 'executed']],
      [],
    ],
    [
      'a line in progress that is said again is nothing',
      [control(line(1, 'executed'), line(2, 'in-progress'))],
      control(line(2, 'in-progress')),
      undefined,
      [],
    ],
    [
      'an undetermined line is settled by a word',
      [control(line(1, 'executed'), line(2, 'undetermined'))],
      control(line(1, 'executed'), line(2, 'refused')),
      [[2, 'refused']],
      [],
    ],
    [
      'a settled line is contradicted beside one that goes on',
      [control(line(1, 'executed'), line(2, 'in-progress'))],
      control(line(1, 'refused'), line(2, 'executed')),
      [[2, 'executed']],
      [1],
    ],
    [
      'a rollback after something was done contradicts it',
      [control(line(1, 'executed'), line(2, 'in-progress'))],
      rollback,
      undefined,
      [1],
    ],
    ['a rollback while all is in progress is new', [control(line(1, 'in-progress'), line(2, 'in-progress'))], rollback, rollback, []],
    ['a rollback again is nothing', [rollback], rollback, undefined, []],
    ['an execution after a rollback contradicts it', [rollback], control(line(1, 'executed')), undefined, [1]],
    ['another result of an inquiry contradicts the first', [inquiry('found')], inquiry('no-account'), undefined, [0]],
  ] as const)('%s', (_, before, content, news, contradicted) => {
    const settlement = settleLines(order, after(...before), content);
    expect(statuses(settlement.news)).toEqual(news);
    expect(settlement.contradicted).toEqual(contradicted);
  });

  const anyLines = fc
    .tuple(
      ...[1, 2].map((seq) =>
        fc.constantFrom('executed', 'partly-executed', 'refused', 'in-progress', 'undetermined').map((status) => line(seq, status)),
      ),
    )
    .map((lines) => control(...lines));
  const anyContent = fc.oneof(anyLines, fc.constant(rollback));

  it('takes no answer into effect twice, and never changes what is over', () => {
    fc.assert(
      fc.property(fc.array(anyContent, { minLength: 1, maxLength: 5 }), anyContent, (before, content) => {
        const units = after(...before);
        const once = after(...before, content);
        expect(settleLines(order, once, content).news).toBeUndefined();
        for (const unit of units.filter(isOver)) expect(once).toContainEqual(unit);
      }),
    );
  });

  it('calls an answer that cannot be trusted undetermined for exactly the lines that are not over', () => {
    const units = after(control(line(1, 'executed'), line(2, 'in-progress')));
    expect(doubtfulLines(order, units, 'SIGNATURE-INVALID', '签名').map(({ seq, status }) => [seq, status])).toEqual([[2, 'undetermined']]);
    expect(doubtfulLines(order, after(rollback), 'X', '')).toEqual([]);
  });
});

describe('where an order stands', () => {
  const unit = (status: SettledUnit['status'], seq = 1): SettledUnit => ({ seq, status, substance: '' });

  it.each([
    [['executed', 'refused'], undefined, 'answered'],
    [['executed', 'in-progress'], undefined, 'in-progress'],
    [['in-progress', 'undetermined'], undefined, 'parked'],
    [['executed'], 'signature-invalid', 'parked'],
    [['rolled-back'], undefined, 'rolled-back'],
    [['in-progress', 'rolled-back'], undefined, 'rolled-back'],
    [['undetermined', 'rolled-back'], undefined, 'rolled-back'],
  ] as const)('%j with %s is %s', (words, code, standing) => {
    expect(
      standingOf(
        words.map((word, i) => unit(word, word === 'rolled-back' ? 0 : i + 1)),
        code,
      ),
    ).toBe(standing);
  });
});
