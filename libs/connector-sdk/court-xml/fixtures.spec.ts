import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { validateXML } from 'xmllint-wasm';
import { decodeElement, encodeAttribute, readXml, writeDocument, type XmlElement } from './index.js';

const FOLDER = new URL('./fixtures/', import.meta.url);
const SCHEMA = readFileSync(new URL('../../../docs/dialects/schemas/court-xml-1.xsd', import.meta.url), 'utf8');
const SAMPLES = readdirSync(FOLDER).filter((name) => name.endsWith('.xml'));
const sample = (name: string): Buffer => readFileSync(new URL(name, FOLDER));

const validate = (contents: string) =>
  validateXML({ xml: [{ fileName: 'sample.xml', contents }], schema: [{ fileName: 'court-xml-1.xsd', contents: SCHEMA }] });

describe('the published samples of court XML', () => {
  it('are there', () => expect(SAMPLES.length).toBeGreaterThanOrEqual(20));

  it.each(SAMPLES)('%s is valid', async (name) => expect((await validate(sample(name).toString('utf8'))).errors).toEqual([]));

  it.each(SAMPLES)('%s is read and written back byte for byte, in both codings', (name) => {
    const bytes = sample(name);
    const root = decodeElement(readXml(bytes), 'plain');
    expect(writeDocument(root, 'plain')).toEqual(bytes);
    expect(decodeElement(readXml(writeDocument(root, 'base64-gbk')), 'base64-gbk')).toEqual(root);
  });

  /** A validator that accepts everything would let every sample pass. */
  it.each([
    ['query-list.xml', 'LB="YH"', 'LB="XX"'],
    ['control-list-freeze.xml', 'JE="40000.00"', 'JE="40,000.00"'],
    ['control-list-freeze.xml', 'KZCS="01"', 'KZCS="03"'],
    ['control-feedback.xml', 'KZZT="1"', 'KZZT="3"'],
    ['control-feedback.xml', 'CSKSRQ="2026-03-10" ', ''],
    ['rollback.xml', 'XCHTYY="0404"', 'XCHTYY="0405"'],
    ['query-feedback.xml', '<qlxxList/>', '<unknown/>'],
  ])('%s is not valid any more with %s as %s', async (name, right, wrong) => {
    const changed = sample(name).toString('utf8').replace(right, wrong);
    expect(changed).not.toBe(sample(name).toString('utf8'));
    expect((await validate(changed)).valid).toBe(false);
  });

  it('hold a name outside GBK, which arrives whole', () => {
    const values = SAMPLES.flatMap((name) => allValues(decodeElement(readXml(sample(name)), 'plain')));
    const rare = values.find((value) => value.includes('𠮷')) ?? '';
    expect(Buffer.from(encodeAttribute(rare, 'base64-gbk'), 'base64').includes(0x3f)).toBe(false);
  });
});

function allValues({ attributes, children }: XmlElement): readonly string[] {
  return [...Object.values(attributes), ...children.flatMap(allValues)];
}
