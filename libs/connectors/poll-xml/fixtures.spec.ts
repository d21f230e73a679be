import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { validateXML } from 'xmllint-wasm';
import { courtXml } from '#connector-sdk';
import { PollXml } from './index.js';

const FOLDER = new URL('./fixtures/', import.meta.url);
const SCHEMAS = new URL('../../../docs/dialects/schemas/', import.meta.url);
const schema = (fileName: string) => ({ fileName, contents: readFileSync(new URL(fileName, SCHEMAS), 'utf8') });
const SAMPLES = readdirSync(FOLDER).filter((name) => name.endsWith('.xml'));
const CALLS = SAMPLES.filter((name) => name.startsWith('call-'));
const REPLIES = SAMPLES.filter((name) => name.startsWith('reply-'));
const CODING = 'base64-gbk';
const connector = new PollXml();
const anybody = (): void => undefined;
const sample = (name: string): Buffer => readFileSync(new URL(name, FOLDER));

const errorsOf = async (contents: string, main: string, ...others: readonly string[]) =>
  (await validateXML({ xml: [{ fileName: 'sample.xml', contents }], schema: [schema(main)], preload: others.map(schema) })).errors;

/** The document of a reply, still coded. */
function documentOf(name: string): Buffer {
  const body = courtXml.readXml(sample(name)).children.at(-1);
  return Buffer.from(body?.children[0]?.children[0]?.text ?? '', 'base64');
}

/** The envelope as it would be written from what was read of it. */
function written({ name, attributes, children, text }: courtXml.RawElement): string {
  const given = Object.entries(attributes).map(([key, value]) => ` ${key}="${courtXml.escapeXml(value)}"`);
  return `<${name}${given.join('')}>${courtXml.escapeXml(text)}${children.map(written).join('')}</${name}>`;
}

describe('the published samples of poll-xml', () => {
  it('are there', () => expect([CALLS.length >= 9, REPLIES.length >= 7]).toEqual([true, true]));

  it.each(SAMPLES)('%s is a valid envelope', async (name) =>
    expect(await errorsOf(sample(name).toString('utf8'), 'soap-envelope-1.xsd', 'poll-xml-1.xsd')).toEqual([]),
  );

  it.each(SAMPLES)('%s is read and written back byte for byte', (name) =>
    expect(courtXml.XML_HEADER + written(courtXml.readXml(sample(name)))).toBe(sample(name).toString('utf8')),
  );

  it.each(REPLIES)('%s holds a valid document, read and written back byte for byte', async (name) => {
    const document = documentOf(name);
    const root = courtXml.decodeElement(courtXml.readXml(document), CODING);
    expect(await errorsOf(courtXml.writeDocument(root, 'plain').toString('utf8'), 'court-xml-1.xsd')).toEqual([]);
    if (root.children.length > 0) expect(courtXml.writeDocument(root, CODING)).toEqual(document);
  });

  it.each(CALLS)('%s has a valid argument and content, and the connector reads it', async (name) => {
    const argument = courtXml.readXml(sample(name)).children.at(-1)?.children[0]?.children[0]?.text ?? '';
    expect(await errorsOf(argument, 'poll-xml-argument-1.xsd')).toEqual([]);
    const call = connector.readCall(sample(name), anybody);
    expect([call.user, call.password]).toEqual(['hankoubank', 'a-password-of-some-length']);
    if (call.content.length === 0) return;
    const root = courtXml.decodeElement(courtXml.readXml(call.content), CODING);
    expect(await errorsOf(courtXml.writeDocument(root, 'plain').toString('utf8'), 'court-xml-1.xsd')).toEqual([]);
    expect(courtXml.writeDocument(root, CODING)).toEqual(call.content);
    const content = connector.readContent(call);
    expect(content.kind === 'receipts' ? content.receipts.length : content.answers.length).toBe(1);
  });

  it('would not be valid with another operation, or without a signature’s number', async () => {
    const text = sample('call-control-feedback.xml').toString('utf8');
    for (const wrong of [text.replaceAll('uploadControlFeedback', 'uploadAnything'), text.replace(/ BDHM="\d+"/, '')]) {
      expect((await errorsOf(wrong, 'soap-envelope-1.xsd', 'poll-xml-1.xsd')).length).toBeGreaterThan(0);
    }
  });
});
