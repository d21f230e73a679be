import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { entryName, failureNameOf, ORDER_NUMBER, packageName, PARTS, readEntryName, readPackageName, type PackageName } from './names.js';

const INSTITUTION = 'D901H101421221001';
const BATCH = '000000000020260310115204000001';
const NUMBER = '20260310420106000201';

describe('names of packages', () => {
  it.each<[PackageName, string]>([
    [{ type: 'CXQQ', institution: INSTITUTION, batch: BATCH }, `CXQQ${INSTITUTION}${BATCH}.zip`],
    [{ type: 'KZQQ', institution: INSTITUTION, batch: '7' }, `KZQQ${INSTITUTION}${'7'.padStart(30, '0')}.zip`],
    [{ type: 'CXFK', institution: INSTITUTION, batch: BATCH, copy: 2 }, `CXFK${INSTITUTION}${BATCH}000000000002.zip`],
    [
      { type: 'KZFK', institution: INSTITUTION, batch: BATCH, orderNumber: NUMBER, copy: 1 },
      `KZFK${INSTITUTION}${BATCH}__________${NUMBER}000000000001.zip`,
    ],
    [{ type: 'CXSL', institution: INSTITUTION, batch: BATCH }, `CXSL${INSTITUTION}${BATCH}.zip`],
  ])('writes %j as %s', (name, text) => {
    expect(packageName(name)).toBe(text);
    expect(readPackageName(text)).toEqual({ ...name, batch: name.batch.padStart(30, '0') });
  });

  it('names a failure like the answer that could not be loaded', () => {
    const answer = packageName({ type: 'KZFK', institution: INSTITUTION, batch: BATCH, orderNumber: NUMBER, copy: 3 });
    expect(readPackageName(failureNameOf(answer))).toEqual({ ...readPackageName(answer), type: 'KZHZ' });
  });

  it.each([
    '',
    '.zip',
    `CXQQ${INSTITUTION}${BATCH}.ZIP`,
    `CXQQ${INSTITUTION}${BATCH}.zip.tmp`,
    `XXQQ${INSTITUTION}${BATCH}.zip`,
    `CXQQ${INSTITUTION}${BATCH}000000000001.zip`,
    `CXFK${INSTITUTION}${BATCH}.zip`,
    `KZFK${INSTITUTION}${BATCH}000000000001.zip`,
    `KZFK${INSTITUTION}${BATCH}${'_'.repeat(30)}000000000001.zip`,
    `CXQQ${INSTITUTION}../../../../../../../../../0.zip`,
    `CXQQ${INSTITUTION}${BATCH}.zip\n`,
  ])('refuses "%s"', (text) => expect(readPackageName(text)).toBeUndefined());

  it('reads every name back, and no other text as a name', () => {
    const orderNumber = fc.stringMatching(/^[0-9A-Za-z-]{1,30}$/);
    const copy = fc.integer({ min: 0, max: 999_999_999_999 });
    const head = { institution: fc.stringMatching(/^[0-9A-Z]{17}$/), batch: fc.stringMatching(/^[0-9]{30}$/) };
    const name: fc.Arbitrary<PackageName> = fc.oneof(
      fc.record({ type: fc.constantFrom('CXQQ', 'KZQQ', 'CXSL', 'KZSL'), ...head }),
      fc.record({ type: fc.constantFrom('CXFK', 'CXHZ'), ...head, copy }),
      fc.record({ type: fc.constantFrom('KZFK', 'KZHZ'), ...head, orderNumber, copy }),
    );
    fc.assert(fc.property(name, (one) => void expect(readPackageName(packageName(one))).toEqual(one)));
    fc.assert(
      fc.property(fc.string({ maxLength: 120 }), name, fc.nat(120), (noise, one, at) => {
        const text = packageName(one);
        const changed = text.slice(0, at) + noise + text.slice(at);
        const read = readPackageName(changed);
        expect(read === undefined || packageName(read) === changed).toBe(true);
      }),
    );
  });
});

describe('names of entries', () => {
  it('are read back, and nothing that leads elsewhere is one', () => {
    const key = fc.stringMatching(ORDER_NUMBER);
    fc.assert(
      fc.property(
        fc.constantFrom(...PARTS),
        key,
        (part, one) => void expect(readEntryName(entryName({ part, key: one }))).toEqual({ part, key: one }),
      ),
    );
    for (const name of [
      '',
      '../QA_1.xml',
      '/QA_1.xml',
      'a/QA_1.xml',
      'QA_1.xml/',
      'QA_..\\1.xml',
      'QA_1.XML',
      'QA_1.xml\n',
      'QX_1.xml',
      'QA_.xml',
    ]) {
      expect(readEntryName(name)).toBeUndefined();
    }
  });
});
