import { describe, expect, it } from '@jest/globals';
import { AppError } from '#kernel';
import {
  ID_TYPES,
  ORDER_NUMBER_BYTES_MAX,
  caseKindOf,
  formatOrderNumber,
  identityFaults,
  isCaseNumberOfAnyStyle,
  normalIdNumber,
  parseCaseNumber,
  parseOrderNumber,
} from './index.js';

describe('case numbers (docs/rules.md)', () => {
  it.each([
    ['(2026)鄂0106执1234号', 2026, '鄂0106', '执', '1234'],
    ['（2025）鄂0106民初5678号', 2025, '鄂0106', '民初', '5678'],
    [' (2026)鄂01执恢9号 ', 2026, '鄂01', '执恢', '9'],
    ['(2026)鄂执保88号', 2026, '鄂', '执保', '88'],
    ['(2026)鄂执1号', 2026, '鄂', '执', '1'],
    ['(1999)鄂7101执1号', 1999, '鄂7101', '执', '1'],
    ['(2026)最高法执监12号', 2026, '最高法', '执监', '12'],
  ])('reads %s', (text, year, court, type, serial) => {
    expect(parseCaseNumber(text)).toEqual({ text: text.trim().replace('（', '(').replace('）', ')'), year, court, type, serial });
  });

  it.each([
    '',
    '2026鄂0106执1234号',
    '(26)鄂0106执1234号',
    '(2126)鄂0106执1234号',
    '(2026)0106执1234号',
    '(2026)鄂010执1234号',
    '(2026)鄂01061执1234号',
    '(2026)鄂0106执号',
    '(2026)鄂0106执0号',
    '(2026)鄂0106执123456789号',
    '(2026)鄂0106执1234',
    '(2026)鄂0106 执1234号',
    '(2026)鄂0106executor1号',
    'x(2026)鄂0106执1234号',
    '(2026)鄂0106执1234号x',
    '(2026)鄂执行监督案件类1号',
    `(2026)鄂0106执1${' '.repeat(40)}号`,
  ])('refuses %j', (text) => expect(parseCaseNumber(text)).toBeUndefined());

  it.each([
    ['（2011）宁执字第00003号', true],
    [' (2011)武昌执恢字第3号 ', true],
    ['(2026)鄂0106执1234号', true],
    ['(2011)宁执字第号', false],
    ['(2011)宁执字第x号', false],
    ['x(2011)宁执字第3号', false],
    ['(2011)宁执字第3号x', false],
  ])('%s as the number of a predecessor: %s', (text, valid) => expect(isCaseNumberOfAnyStyle(text)).toBe(valid));

  it('reads the kind of case from the type', () => {
    expect(['执', '执保', '财保', '执恢', '执异'].map(caseKindOf)).toEqual([
      'execution',
      'preservation',
      'preservation',
      'resumed',
      'execution',
    ]);
  });
});

describe('order numbers (docs/rules.md)', () => {
  it('are made of date, region and sequence, and read back', () => {
    expect(formatOrderNumber('2026-03-10', '420106', 1)).toBe('20260310420106000001');
    expect(formatOrderNumber('2026-03-10', '420106', 101)).toBe('20260310420106000101');
    expect(formatOrderNumber('2026-03-10', '420106A1', 1_234_567)).toBe('202603104201061234567');
    expect(parseOrderNumber('20260310420106000101')).toEqual({ date: '2026-03-10', region: '420106', sequence: 101 });
    expect(parseOrderNumber('202603104201061234567')?.sequence).toBe(1_234_567);
  });

  it('never exceed 30 bytes', () => {
    const longest = formatOrderNumber('2026-03-10', '420106', Number.MAX_SAFE_INTEGER);
    expect(longest).toHaveLength(ORDER_NUMBER_BYTES_MAX);
    expect(parseOrderNumber(longest)?.sequence).toBe(Number.MAX_SAFE_INTEGER);
  });

  it.each([
    ['42010', 1, 'court code 42010 has no region of six digits'],
    ['鄂420106', 1, 'court code 鄂420106 has no region of six digits'],
    ['420106', 0, '0 is no sequence number'],
    ['420106', 1.5, '1.5 is no sequence number'],
  ])('refuse court %s, sequence %s', (court, sequence, message) => {
    expect(() => formatOrderNumber('2026-03-10', court, sequence)).toThrow(new AppError('invalid', message));
    expect(() => formatOrderNumber('2026-03-10', court, sequence)).toThrow(expect.objectContaining({ code: 'invalid' }));
  });

  it.each([
    '',
    '20260310420106000000',
    '202603104201069007199254740993',
    '2026031042010600010',
    'x20260310420106000101',
    '20260310420106000101x',
    '2026031042010600010100000000000',
  ])('%j is none', (text) => expect(parseOrderNumber(text)).toBeUndefined());
});

describe('identity documents (docs/rules.md)', () => {
  it('knows the codes', () => {
    expect(ID_TYPES).toHaveLength(21);
    expect([ID_TYPES[0], ID_TYPES[19], ID_TYPES[20]]).toEqual(['01', '20', 'USCC']);
  });

  it.each([
    ['01', '420106190001010019', []],
    ['USCC', '91420100MA4FAKE00L', []],
    ['01', '420106190001010010', []],
    ['01', 'x'.repeat(100), []],
    ['21', 'A1', [{ pointer: '/idType', detail: '证件类型不在代码表内' }]],
    ['01', ' ', [{ pointer: '/idNumber', detail: '证件号码不能为空' }]],
    ['01', 'x'.repeat(101), [{ pointer: '/idNumber', detail: '证件号码不得超过100个字符' }]],
    ['01', '4201\u0000', [{ pointer: '/idNumber', detail: '证件号码含有控制字符' }]],
  ])('%s %s', (type, number, faults) => expect(identityFaults(type, number)).toEqual(faults));

  it('writes a number in one form', () => {
    expect(normalIdNumber(' 42010619 0001010０1x ')).toBe('42010619000101001X');
  });
});
