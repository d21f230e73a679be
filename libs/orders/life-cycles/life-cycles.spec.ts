import { describe, expect, it } from '@jest/globals';
import { AppError } from '#kernel';
import {
  APPROVAL_LIFE,
  CASE_LIFE,
  DELIVERY_LIFE,
  INSTRUMENT_LIFE,
  LINE_LIFE,
  type LifeCycle,
  MEASURE_LIFE,
  OPEN_LINE_STATUSES,
  ORDER_LIFE,
  PAYMENT_LIFE,
  REQUEST_LIFE,
  afterCrash,
  isFinal,
  isLiveMeasure,
  isOpenLine,
  isStateOf,
  mayMove,
  mayResend,
  move,
  reachable,
} from './index.js';

const states = <S extends string>(cycle: LifeCycle<S>): S[] => Object.keys(cycle.next) as S[];

/** Every allowed move, written out: a change of a table must be made here as well, on purpose. */
const ALLOWED: readonly [LifeCycle<string>, string, string][] = [
  [CASE_LIFE, 'open', 'open>suspended open>closed suspended>open suspended>closed'],
  [
    REQUEST_LIFE,
    'awaiting-approval dispatched',
    'awaiting-approval>dispatched awaiting-approval>returned awaiting-approval>rejected awaiting-approval>lapsed awaiting-approval>withdrawn ' +
      'dispatched>completed dispatched>partly-completed dispatched>not-executed dispatched>withdrawn',
  ],
  [
    ORDER_LIFE,
    'queued',
    'queued>sent queued>received queued>answered queued>rolled-back queued>undetermined queued>withdrawn ' +
      'sent>received sent>answered sent>rolled-back sent>undetermined sent>withdrawn ' +
      'received>answered received>rolled-back received>undetermined undetermined>answered undetermined>rolled-back',
  ],
  [
    LINE_LIFE,
    'open',
    'open>in-progress open>undetermined open>executed open>partly-executed open>refused open>withdrawn ' +
      'in-progress>undetermined in-progress>executed in-progress>partly-executed in-progress>refused ' +
      'undetermined>in-progress undetermined>executed undetermined>partly-executed undetermined>refused',
  ],
  [
    MEASURE_LIFE,
    'in-force waiting',
    'in-force>released in-force>expired in-force>exhausted waiting>in-force waiting>released waiting>expired ' +
      'expired>in-force expired>waiting exhausted>in-force',
  ],
  [PAYMENT_LIFE, 'sent credited', 'sent>credited sent>returned credited>claimed credited>returned'],
  [INSTRUMENT_LIFE, 'draft sealed', 'draft>sealed draft>void sealed>used sealed>void'],
  [APPROVAL_LIFE, 'awaiting', 'awaiting>approved awaiting>returned awaiting>rejected awaiting>lapsed awaiting>withdrawn'],
  [
    DELIVERY_LIFE,
    'READY',
    'READY>SENDING SENDING>ACCEPTED SENDING>REJECTED SENDING>UNKNOWN UNKNOWN>SENDING UNKNOWN>ACCEPTED UNKNOWN>REJECTED',
  ],
];

describe('life cycles', () => {
  it.each(ALLOWED)('%# $name allows exactly its moves', (cycle, initial, moves) => {
    const allowed = states(cycle).flatMap((from) =>
      states(cycle)
        .filter((to) => mayMove(cycle, from, to))
        .map((to) => `${from}>${to}`),
    );
    expect(allowed.sort()).toEqual(moves.split(' ').sort());
    expect([...cycle.initial]).toEqual(initial.split(' '));
  });

  it.each(ALLOWED)('%# every state can be reached', (cycle) => {
    expect([...reachable(cycle)].sort()).toEqual(states(cycle).sort());
  });

  it('would notice an unreachable state', () => {
    const broken: LifeCycle<'a' | 'b' | 'island'> = { name: 'broken', initial: ['a'], next: { a: ['b'], b: [], island: ['b'] } };
    expect([...reachable(broken)]).toEqual(['a', 'b']);
  });

  it('moves along the table and throws off it', () => {
    expect(move(PAYMENT_LIFE, 'sent', 'credited')).toBe('credited');
    expect(() => move(PAYMENT_LIFE, 'claimed', 'sent')).toThrow(
      new AppError('invariant-broken', 'a payment does not go from claimed to sent'),
    );
    expect(() => move(PAYMENT_LIFE, 'claimed', 'sent')).toThrow(expect.objectContaining({ code: 'invariant-broken', level: 'fatal' }));
  });

  it.each([
    [CASE_LIFE, 'a case does not go from x to x'],
    [REQUEST_LIFE, 'a request does not go from x to x'],
    [ORDER_LIFE, 'an? order does not go from x to x'],
    [LINE_LIFE, 'a line does not go from x to x'],
    [MEASURE_LIFE, 'a measure does not go from x to x'],
    [INSTRUMENT_LIFE, 'an? instrument does not go from x to x'],
    [APPROVAL_LIFE, 'an? approval does not go from x to x'],
    [DELIVERY_LIFE, 'a delivery does not go from x to x'],
  ] as readonly [LifeCycle<string>, string][])('names what does not move', (cycle, text) => {
    const [first = ''] = cycle.initial;
    expect(() => move(cycle, first, first)).toThrow(new RegExp(text.replaceAll('x', first)));
  });

  it('knows the end of a life', () => {
    expect(states(ORDER_LIFE).filter((state) => isFinal(ORDER_LIFE, state))).toEqual(['answered', 'rolled-back', 'withdrawn']);
  });

  it('knows its own words only', () => {
    expect(isStateOf(ORDER_LIFE, 'rolled-back')).toBe(true);
    expect(isStateOf(ORDER_LIFE, 'done')).toBe(false);
    expect(isStateOf(ORDER_LIFE, 'toString')).toBe(false);
  });

  it('counts a line as open until the bank has said its last word', () => {
    expect(states(LINE_LIFE).filter(isOpenLine)).toEqual(['open', 'in-progress', 'undetermined']);
    expect(OPEN_LINE_STATUSES).toEqual(['open', 'in-progress', 'undetermined']);
  });

  it('counts measures in force and waiting as live', () => {
    expect(states(MEASURE_LIFE).filter(isLiveMeasure)).toEqual(['in-force', 'waiting']);
  });
});

describe('delivery (I5)', () => {
  it('makes a crashed SENDING unknown and leaves everything else', () => {
    expect(states(DELIVERY_LIFE).map(afterCrash)).toEqual(['READY', 'UNKNOWN', 'UNKNOWN', 'ACCEPTED', 'REJECTED']);
  });

  it.each([
    ['push', true, 'NOT_FOUND', true],
    ['push', true, 'FOUND', false],
    ['push', true, undefined, false],
    ['push', false, 'NOT_FOUND', true],
    ['pull', true, undefined, true],
    ['pull', true, 'NOT_FOUND', true],
    ['pull', true, 'FOUND', false],
    ['pull', false, 'NOT_FOUND', false],
    ['file', true, undefined, true],
    ['file', true, 'FOUND', false],
    ['file', false, undefined, false],
    ['desk', true, 'NOT_FOUND', false],
  ] as const)('%s, de-duplicating %s, bank says %s: may send again is %s', (style, deduplicates, bankSays, may) => {
    expect(mayResend({ style, deduplicates, bankSays })).toBe(may);
  });
});
