import { describe, expect, it } from '@jest/globals';
import { addDays, isOpenAt, parseInstant, type AppError } from '#kernel';
import { policy, rawPolicy } from './fixtures/facts.js';
import { parsePolicy } from './index.js';

const HOUR = 3_600_000;

/** The shipped policy with one member replaced; a path ends in the member, `undefined` removes it. */
function broken(path: string, value: unknown): unknown {
  const copy = structuredClone(rawPolicy);
  const names = path.split('/').slice(1);
  const last = names.pop() ?? '';
  let at: Record<string, unknown> = copy;
  for (const name of names) at = at[name] as Record<string, unknown>;
  if (value === undefined) delete at[last];
  else at[last] = value;
  return copy;
}

function faultsOf(raw: unknown): readonly { pointer: string; detail: string }[] {
  try {
    parsePolicy(raw);
  } catch (error) {
    return (error as AppError).errors;
  }
  return [];
}

describe('the shipped policy', () => {
  it('holds the terms, approvals and deadlines of the law', () => {
    expect(policy.version).toBe(1);
    expect(policy.terms).toEqual({
      deposit: { years: 1, renewalYears: 1 },
      movable: { years: 2, renewalYears: 1 },
      other: { years: 3, renewalYears: 1 },
    });
    expect(policy.approvals).toEqual({
      inquire: [],
      'inquire-transactions': ['judge'],
      freeze: ['judge'],
      'freeze-account': ['judge', 'leader'],
      renew: ['judge'],
      release: ['judge'],
      deduct: ['judge'],
      debt: ['judge'],
      'court-account': ['judge', 'leader'],
      resolution: ['judge'],
    });
    expect(policy.deadlines).toEqual({
      answerMs: 24 * HOUR,
      approvalLapseMs: 72 * HOUR,
      planValidityMs: HOUR,
      claimDays: 3,
      expiryCalendarDays: [60, 30, 15, 7],
      noAssetsInquiryMonths: 3,
      refreshMs: 24 * HOUR,
      figuresMaxAgeMs: HOUR,
    });
  });

  it('holds what travels, who acts and what suspension stops', () => {
    expect(policy.instruments).toEqual({
      inquire: ['inquiry-notice'],
      freeze: ['freeze-ruling', 'freeze-notice'],
      renew: ['freeze-ruling', 'freeze-notice'],
      release: ['release-ruling', 'release-notice'],
      deduct: ['deduct-ruling', 'deduct-notice'],
    });
    expect(policy.extraInstruments.preservation.freeze).toEqual(['preservation-application']);
    expect(policy.extraInstruments.execution.freeze).toEqual([]);
    expect(policy.reasonRequired).toEqual(['freeze-account']);
    expect(policy.handlersOnly).toEqual(['inquire', 'freeze', 'renew', 'release', 'deduct']);
    expect(policy.suspensionBlocks).toEqual(['inquire', 'freeze', 'renew', 'deduct']);
    expect(policy.limits).toEqual({ ordersPerRequestMax: 500, linesPerRequestMax: 500, batchItemsMax: 500 });
  });

  it('has a basis for every restricted kind (R24) and knows every kind an account kind names', () => {
    expect([...policy.restrictedKinds.values()].filter((kind) => kind.basis === '' || kind.name === '')).toEqual([]);
    expect(policy.restrictedKinds.get('acceptance-margin')).toEqual({
      code: 'acceptance-margin',
      name: '银行承兑汇票保证金',
      freeze: 'yes',
      deduct: 'no',
      basis: '承兑汇票保证金可以冻结，不得扣划',
    });
    expect(policy.accountKinds.get('wages')).toEqual({ property: 'deposit', restriction: 'wages' });
    expect(policy.accountKinds.get('wealth-product')).toEqual({ property: 'other' });
  });

  it('explains what is watched for, with the figures of each rule, and knows when the court works', () => {
    const { hours, rules } = policy.misuse;
    expect(rules['swift-approval']).toMatchObject({ withinMs: 15_000, explanation: '审批在提请后15秒之内作出，来不及审阅请求及文书。' });
    expect(rules['outside-hours']).toMatchObject({ acts: 3, explanation: expect.stringContaining('达到3次') });
    expect(rules.burst).toMatchObject({
      withinMinutes: 10,
      acts: 30,
      timesUsual: 2,
      explanation: expect.stringContaining('10分钟'),
    });
    const isWorked = (time: string): boolean => isOpenAt(hours, parseInstant(`${time}:00+08:00`));
    expect(['2026-03-10T07:30', '2026-03-10T20:00', '2026-03-14T10:00', '2026-02-17T10:00', '2026-02-14T10:00'].map(isWorked)).toEqual([
      true,
      false,
      false,
      false,
      true,
    ]);
  });

  it('reads a default reserve in fen', () => {
    expect(parsePolicy(broken('/restrictedKinds/wages/reserve', '1500.50')).restrictedKinds.get('wages')?.reserve).toBe(150_050n);
  });

  it('takes numbers at both ends of their range', () => {
    expect(parsePolicy(broken('/terms/other/years', 10)).terms.other.years).toBe(10);
    expect(parsePolicy(broken('/deadlines/claimDays', 0)).deadlines.claimDays).toBe(0);
  });
});

const MAPPING = 'must be a mapping';
const LIST = 'must be a list';
const TEXT = 'must be a text';
const DURATION = 'must be a duration such as PT24H';
const ACTION_WORDS = 'must be one of inquire, freeze, renew, release, deduct';
const INSTRUMENT_WORDS =
  'must be one of inquiry-notice, freeze-ruling, freeze-notice, release-ruling, release-notice, deduct-ruling, deduct-notice, preservation-application';

const HOURS = '/misuse/workingHours';
const OUTSIDE = '/misuse/rules/outside-hours';
const SPAN = 'must be hours such as 08:30-17:00';
const MINUTES = ['08:00-08:01', '08:02-08:03', '08:04-08:05', '08:06-08:07', '08:08-08:09'];
const MANY_DAYS = Array.from({ length: 201 }, (_, i) => addDays('2027-01-01', i));

describe('a faulty policy', () => {
  it.each([
    ['/versio', 1, '/versio', 'is not known'],
    ['/version', 0, '/version', 'must be a whole number from 1 to 1000000'],
    ['/version', '1', '/version', 'must be a whole number from 1 to 1000000'],
    ['/version', undefined, '/version', 'must be a whole number from 1 to 1000000'],
    ['/terms/deposit/years', 1.5, '/terms/deposit/years', 'must be a whole number from 1 to 10'],
    ['/terms/deposit/years', 11, '/terms/deposit/years', 'must be a whole number from 1 to 10'],
    ['/terms/other/renewalYears', 0, '/terms/other/renewalYears', 'must be a whole number from 1 to 10'],
    ['/terms/land', { years: 3, renewalYears: 3 }, '/terms/land', 'is not known'],
    ['/terms/deposit/month', 1, '/terms/deposit/month', 'is not known'],
    ['/approvals/freeze', 'judge', '/approvals/freeze', LIST],
    ['/approvals/freeze', ['clerk'], '/approvals/freeze/0', 'must be one of judge, leader'],
    ['/approvals/freeze', ['judge', 'judge'], '/approvals/freeze', 'names something twice'],
    ['/approvals/freze', ['judge'], '/approvals/freze', 'is not known'],
    ['/approvals/deduct', undefined, '/approvals/deduct', LIST],
    ['/deadlines', [], '/deadlines', MAPPING],
    ['/deadlines/answer', 'P1M', '/deadlines/answer', DURATION],
    ['/deadlines/answer', 24, '/deadlines/answer', DURATION],
    ['/deadlines/approvalLapse', 'PT0S', '/deadlines/approvalLapse', DURATION],
    ['/deadlines/planValidity', undefined, '/deadlines/planValidity', DURATION],
    ['/deadlines/refresh', 'soon', '/deadlines/refresh', DURATION],
    ['/deadlines/figuresMaxAge', null, '/deadlines/figuresMaxAge', DURATION],
    ['/deadlines/claimDays', -1, '/deadlines/claimDays', 'must be a whole number from 0 to 366'],
    ['/deadlines/noAssetsInquiryMonths', 0, '/deadlines/noAssetsInquiryMonths', 'must be a whole number from 1 to 24'],
    ['/deadlines/expiryCalendarDays', [60, 60], '/deadlines/expiryCalendarDays', 'must fall from mark to mark'],
    ['/deadlines/expiryCalendarDays', [7, 15], '/deadlines/expiryCalendarDays', 'must fall from mark to mark'],
    ['/deadlines/expiryCalendarDays', [60, 0], '/deadlines/expiryCalendarDays/1', 'must be a whole number from 1 to 366'],
    ['/deadlines/expiryCalendarDays', 60, '/deadlines/expiryCalendarDays', LIST],
    ['/deadlines/answerHours', 24, '/deadlines/answerHours', 'is not known'],
    ['/restrictedKinds', ['wages'], '/restrictedKinds', MAPPING],
    ['/restrictedKinds/wages', 'no', '/restrictedKinds/wages', MAPPING],
    ['/restrictedKinds/wages/freeze', false, '/restrictedKinds/wages/freeze', 'must be one of no, yes, above-reserve'],
    ['/restrictedKinds/wages/deduct', 'maybe', '/restrictedKinds/wages/deduct', 'must be one of no, yes, above-reserve'],
    ['/restrictedKinds/wages/reserve', 1500, '/restrictedKinds/wages/reserve', 'must be an amount such as "1500.00", in quotation marks'],
    ['/restrictedKinds/wages/reserve', '-1', '/restrictedKinds/wages/reserve', 'must be an amount such as "1500.00", in quotation marks'],
    ['/restrictedKinds/wages/basis', ' ', '/restrictedKinds/wages/basis', TEXT],
    ['/restrictedKinds/wages/name', 7, '/restrictedKinds/wages/name', TEXT],
    ['/restrictedKinds/wages/note', 'x', '/restrictedKinds/wages/note', 'is not known'],
    ['/accountKinds', null, '/accountKinds', MAPPING],
    ['/accountKinds/current', 'deposit', '/accountKinds/current', MAPPING],
    ['/accountKinds/current/property', 'land', '/accountKinds/current/property', 'must be one of deposit, movable, other'],
    ['/accountKinds/current/restriction', 'unheard-of', '/accountKinds/current/restriction', 'is not in restrictedKinds'],
    ['/accountKinds/current/rank', 1, '/accountKinds/current/rank', 'is not known'],
    ['/instruments/freeze', ['freeze-order'], '/instruments/freeze/0', INSTRUMENT_WORDS],
    ['/instruments/seize', [], '/instruments/seize', 'is not known'],
    ['/extraInstruments/preservation/freeze', ['application'], '/extraInstruments/preservation/freeze/0', INSTRUMENT_WORDS],
    ['/extraInstruments/criminal', {}, '/extraInstruments/criminal', 'is not known'],
    ['/reasonRequired', ['closing'], '/reasonRequired/0', /^must be one of inquire, inquire-transactions, freeze, freeze-account, /],
    ['/handlersOnly', ['close'], '/handlersOnly/0', ACTION_WORDS],
    ['/suspensionBlocks', ['freeze', 'thaw'], '/suspensionBlocks/1', ACTION_WORDS],
    ['/suspensionBlocks', ['release'], '/suspensionBlocks', 'must not name release, which goes in any state'],
    ['/limits', 500, '/limits', MAPPING],
    ['/limits/ordersPerRequestMax', 501, '/limits/ordersPerRequestMax', 'must be a whole number from 1 to 500'],
    ['/limits/linesPerRequestMax', 0, '/limits/linesPerRequestMax', 'must be a whole number from 1 to 500'],
    ['/limits/batchItemsMax', undefined, '/limits/batchItemsMax', 'must be a whole number from 1 to 500'],
    ['/limits/bodyMax', 1, '/limits/bodyMax', 'is not known'],
    ['/misuse', undefined, '/misuse', MAPPING],
    ['/misuse/rule', {}, '/misuse/rule', 'is not known'],
    ['/misuse/rules/burst', undefined, '/misuse/rules/burst', MAPPING],
    ['/misuse/rules/bursts', {}, '/misuse/rules/bursts', 'is not known'],
    ['/misuse/rules/burst/acts', 1, '/misuse/rules/burst/acts', 'must be a whole number from 2 to 10000'],
    ['/misuse/rules/burst/withinMinutes', 121, '/misuse/rules/burst/withinMinutes', 'must be a whole number from 1 to 120'],
    ['/misuse/rules/burst/timesUsual', 0, '/misuse/rules/burst/timesUsual', 'must be a whole number from 1 to 100'],
    ['/misuse/rules/burst/within', 'PT1M', '/misuse/rules/burst/within', 'is not known'],
    ['/misuse/rules/outside-hours/acts', 0, '/misuse/rules/outside-hours/acts', 'must be a whole number from 1 to 10000'],
    ['/misuse/rules/outside-hours/name', '', '/misuse/rules/outside-hours/name', TEXT],
    ['/misuse/rules/outside-hours/explanation', '达到{act}次', `${OUTSIDE}/explanation`, 'names {act}, which is no figure of the rule'],
    ['/misuse/rules/outside-hours/explanation', '达到三次', `${OUTSIDE}/explanation`, 'must name {acts}'],
    ['/misuse/rules/swift-approval/within', 'PT0S', '/misuse/rules/swift-approval/within', DURATION],
    ['/misuse/rules/repeated-reveals/sittings', 51, '/misuse/rules/repeated-reveals/sittings', 'must be a whole number from 2 to 50'],
    ['/misuse/rules/repeated-reveals/pause', 30, '/misuse/rules/repeated-reveals/pause', DURATION],
    ['/misuse/rules/repeated-reveals/within', 'P1M', '/misuse/rules/repeated-reveals/within', DURATION],
    ['/misuse/rules/dormant-account/after', undefined, '/misuse/rules/dormant-account/after', DURATION],
    ['/misuse/rules/release-near-end/within', '', '/misuse/rules/release-near-end/within', DURATION],
    [
      '/misuse/rules/self-linked/explanation',
      '同名{x}',
      '/misuse/rules/self-linked/explanation',
      'names {x}, which is no figure of the rule',
    ],
    ['/misuse/rules/unrelated-case/name', undefined, '/misuse/rules/unrelated-case/name', TEXT],
    ['/misuse/workingHours/hours/mon', ['08:30-08:30'], `${HOURS}/hours/mon/0`, SPAN],
    ['/misuse/workingHours/hours/mon', [830], `${HOURS}/hours/mon/0`, SPAN],
    ['/misuse/workingHours/hours/mon', ['13:00-14:00', '08:00-09:00'], `${HOURS}/hours/mon`, 'must be in order and not overlap'],
    ['/misuse/workingHours/hours/mon', '08:00-09:00', `${HOURS}/hours/mon`, LIST],
    ['/misuse/workingHours/hours/mon', MINUTES, `${HOURS}/hours/mon`, 'names at most 4 spans'],
    ['/misuse/workingHours/hours/monday', [], `${HOURS}/hours/monday`, 'is not known'],
    ['/misuse/workingHours/holidays', ['2026-02-30'], `${HOURS}/holidays/0`, 'must be a date YYYY-MM-DD'],
    ['/misuse/workingHours/holidays', ['2026-01-04'], `${HOURS}/workdays/2026-01-04`, 'names a day that is named already'],
    ['/misuse/workingHours/holidays', MANY_DAYS, HOURS, 'names at most 200 days'],
    ['/misuse/workingHours/workdays', { someday: [] }, `${HOURS}/workdays/someday`, 'must be a date YYYY-MM-DD'],
  ])('%s = %j is refused at %s', (path, value, pointer, detail) => {
    const faults = faultsOf(broken(path, value));
    expect(faults[0]).toEqual({ pointer, detail: detail instanceof RegExp ? expect.stringMatching(detail) : detail });
  });

  it('tells every fault at once, and throws before anyone can use it', () => {
    const raw = broken('/version', 0) as { terms: { deposit: { years: number } } };
    raw.terms.deposit.years = 0;
    expect(faultsOf(raw).map((fault) => fault.pointer)).toEqual(['/version', '/terms/deposit/years']);
    expect(() => parsePolicy(raw)).toThrow(
      expect.objectContaining({
        code: 'invalid',
        level: 'fatal',
        message: 'the policy has 2 fault(s), the first at /version: must be a whole number from 1 to 1000000',
      }),
    );
  });

  it.each([null, undefined, 'policy', 7, []])('%j is no policy', (raw) =>
    expect(faultsOf(raw)[0]).toEqual({ pointer: '', detail: MAPPING }),
  );
});
