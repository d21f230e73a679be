import { isDeepStrictEqual } from 'node:util';
import {
  AppError,
  canonicalBytes,
  formatAmount,
  instantText,
  isLegalDate,
  parseAmount,
  parseDuration,
  parseInstant,
  parseStrictJson,
  type CanonicalValue,
} from '#kernel';
import { fuzzed, REFUSED } from '../fuzzed-parser.js';
import { bytes, invalid, utf8 } from './refusals.js';

const DIGITS = ['0', '9', '.', '-', '+', ',', ' ', 'e', '00', '\n', '１'];
const TIME_PIECES = ['2026', '-02-30', '-', ':', 'T', 'Z', '+08:00', '.5', '24:00:00', '23:59:60', ' ', '00'];

/** The forms that every edge shares: JSON bodies, amounts, days and times. */
export const KERNEL = [
  fuzzed({
    name: 'json',
    samples: () =>
      ['{"a":[1,-2.5e3,true,null],"b":{"c":"陈\\u0000\\ud83d\\ude00"}}', '[[[[]]]]', '"x"', '{"a":{"a":{"a":[{"b":0}]}}}'].map(bytes),
    pieces: [
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '"a"',
      '\\',
      '\\u0061',
      '\\ud800',
      '__proto__',
      '1e400',
      '-0',
      'null',
      '\ufeff',
      '{"a":1,"a":2}',
    ],
    // Whatever passed the edge must have a canonical form, because keys and facts are made of it. There a nought has no sign.
    read: (input) => canonicalBytes(parseStrictJson(input) as CanonicalValue),
    refuses: invalid,
    write: (canonical) => canonical,
    holds: (canonical, input) => {
      const signless = JSON.parse(JSON.stringify(JSON.parse(input.toString('utf8')))) as unknown;
      if (!isDeepStrictEqual(JSON.parse(canonical.toString('utf8')), signless)) throw new Error('another value than stands there');
    },
  }),
  ...['CNY', 'JPY'].map((currency) =>
    fuzzed({
      name: `amount-${currency.toLowerCase()}`,
      samples: () => ['0', '66213.50', '99999999999', '1.5'].map((text) => bytes(currency === 'JPY' ? text.replace(/\..*/, '') : text)),
      pieces: DIGITS,
      read: (input) => parseAmount(utf8(input), currency),
      refuses: invalid,
      write: (minor) => bytes(formatAmount(minor, currency)),
      holds: (minor, input) => {
        const [whole = '', fraction = ''] = input.toString('latin1').split('.');
        if (formatAmount(minor, currency) !== [whole, ...(currency === 'JPY' ? [] : [fraction.padEnd(2, '0')])].join('.'))
          throw new Error('another amount than stands there');
      },
    }),
  ),
  fuzzed({
    name: 'legal-date',
    samples: () => ['2026-03-10', '2028-02-29', '1999-12-31'].map(bytes),
    pieces: TIME_PIECES,
    read: (input) => (isLegalDate(utf8(input)) ? utf8(input) : REFUSED),
    refuses: invalid,
    write: bytes,
    isCanonical: true,
    holds: (date) => {
      const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
      if (month < 1 || month > 12 || day < 1 || day > new Date(year, month, 0).getDate()) throw new Error('a day that does not exist');
    },
  }),
  fuzzed({
    name: 'instant',
    samples: () => ['2026-03-10T03:52:04.000Z', '2026-03-10T11:52:04+08:00', '2028-02-29T23:59:59.999999Z'].map(bytes),
    pieces: TIME_PIECES,
    read: (input) => parseInstant(utf8(input)),
    refuses: invalid,
    write: (at) => bytes(instantText(at)),
    holds: (at, input) => {
      // The moment, told in the offset that stands there, must be what stands there.
      const text = input.toString('latin1');
      const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)$/.exec(text) ?? [];
      const offset = (sign === '-' ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000;
      if (instantText(at + offset).slice(0, 19) !== text.slice(0, 19)) throw new AppError('lie', 'another moment than stands there');
    },
  }),
  fuzzed({
    name: 'duration',
    samples: () => ['P1D', 'PT90M', 'P1DT2H', 'P30D', 'P1W'].map(bytes),
    pieces: ['P', 'T', '1', 'D', 'H', 'M', 'S', 'W', 'Y', '99999', '.'],
    read: (input) => parseDuration(utf8(input)),
    refuses: invalid,
    holds: (ms) => {
      if (!Number.isSafeInteger(ms) || ms < 0) throw new Error('no number of milliseconds');
    },
  }),
];
