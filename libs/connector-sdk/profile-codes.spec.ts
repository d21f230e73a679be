import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parse } from 'yaml';
import { AppError } from '#kernel';
import { parseBankProfile, type BankProfile } from './bank-profile.js';
import { casesOf } from './conformance/index.js';
import * as courtXml from './court-xml/index.js';
import { HOUSE_WORDS, withOwnCodes, type CodeTable } from './profile-codes.js';

const raw = (bank: string): Record<string, unknown> =>
  parse(readFileSync(new URL(`../../deploy/banks/${bank}.yaml`, import.meta.url), 'utf8')) as Record<string, unknown>;
const profileOf = (bank: string, codes: unknown): BankProfile => parseBankProfile({ ...raw(bank), codes });

function faultsOf(codes: unknown): readonly string[] {
  try {
    profileOf('hubeibank', codes);
  } catch (error) {
    if (error instanceof AppError && error.code === 'invalid-configuration')
      return error.errors.map(({ pointer, detail }) => `${pointer} ${detail}`);
    throw error;
  }
  return [];
}

describe('the own codes of a bank', () => {
  it.each<[string, unknown, string]>([
    ['no table', {}, '/codes is empty'],
    ['no mapping', [], '/codes must be a mapping'],
    ['a table that does not exist', { statuses: [{ bank: '7', house: 'executed' }] }, '/codes/statuses is not known'],
    ['an empty table', { status: [] }, '/codes/status must be a list'],
    ['a word that is not ours', { status: [{ bank: '7', house: 'done' }] }, '/codes/status/0/house must be one of executed'],
    ['doubt as an aim', { status: [{ bank: '7', house: 'undetermined' }] }, '/codes/status/0/house must be one of'],
    ['no word', { status: [{ bank: '7' }] }, '/codes/status/0/house must be one of'],
    ['an empty code', { reason: [{ bank: '', house: 'SYSTEM' }] }, '/codes/reason/0/bank must be'],
    ['a number for a code', { reason: [{ bank: 7, house: 'SYSTEM' }] }, "/codes/reason/0/bank must be the bank's code"],
    ['white space about a code', { reason: [{ bank: ' 7', house: 'SYSTEM' }] }, '/codes/reason/0/bank must be'],
    ['a code that stands twice', { credit: ['sent', 'credited'].map((house) => ({ bank: 'Q', house })) }, '"Q" stands twice in credit'],
    ['something else beside', { credit: [{ bank: 'Q', house: 'sent', note: 'x' }] }, '/codes/credit/0/note is not known'],
  ])('are refused with %s', (_, codes, fault) => expect(faultsOf(codes)).toContainEqual(expect.stringContaining(fault)));

  it('may mean each of our words', () => {
    for (const [table, words] of Object.entries(HOUSE_WORDS)) {
      const entries = words.map((house, i) => ({ bank: `own-${i}`, house }));
      expect(profileOf('hubeibank', { [table]: entries }).codes?.[table as CodeTable]).toEqual(
        Object.fromEntries(words.map((house, i) => [`own-${i}`, house])),
      );
    }
  });

  it('refuse anything else without breaking', () => {
    fc.assert(fc.property(fc.anything(), (codes) => codes === undefined || faultsOf(codes).length > 0));
  });

  const dialect = courtXml.courtCodes(courtXml.COURT_STATUS_TABLE);
  it.each<[string, unknown]>([
    ['a status', { status: [{ bank: '2', house: 'executed' }] }],
    ['a rollback', { rollback: [{ bank: '0404', house: '09' }] }],
    ['a status in the same sense', { status: [{ bank: '2', house: 'refused' }] }],
  ])('may not say again what the dialect says of %s', (_, codes) =>
    expect(() => withOwnCodes('b', dialect, profileOf('hankoubank', codes).codes)).toThrow(
      /^b: codes\/\w+ says "\d+", which the dialect has/,
    ),
  );

  it('stand beside those of the dialect', () => {
    const own = profileOf('hankoubank', { rollback: [{ bank: 'R7', house: '0403' }] }).codes;
    const codes = withOwnCodes('b', dialect, own);
    expect(codes.rollback).toMatchObject({ '0404': '0404', R7: '0403' });
    expect(codes.status).toEqual(dialect.status);
    expect(withOwnCodes('b', dialect, undefined)).toBe(dialect);
  });

  it('bring the drill into the conformance run of a bank that maps it, and of no other', () => {
    const names = (codes: unknown) => casesOf(profileOf('hankoubank', codes), POLLED, true).map(({ test }) => test.name);
    expect(names({ status: [{ bank: 'Z1', house: 'executed' }] })).toContain('own-code-of-a-status');
    expect(names({ status: [{ bank: 'Z2', house: 'executed' }] })).not.toContain('own-code-of-a-status');
  });
});

const POLLED = {
  dialect: 'poll-xml',
  delivery: 'pull',
  statusQuery: false,
  dedupByReference: true,
  notices: false,
  dayStatement: false,
  documents: 'fetched',
} as const;
