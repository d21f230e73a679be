import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AppError } from '#kernel';
import {
  decodeAttribute,
  decodeElement,
  encodeAttribute,
  NotReadable,
  readXml,
  readXmlPieces,
  writeDocument,
  writeElement,
  type AttributeCoding,
  type XmlElement,
} from './index.js';

const CODINGS: readonly AttributeCoding[] = ['plain', 'base64-gbk'];

/** Text that XML and GB18030 can both say. */
const text = fc
  .string({ unit: 'binary', maxLength: 20 })
  .filter((value) => !/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffd-\uffff\ue5e5]|\p{Surrogate}/u.test(value));
const name = fc.constantFrom('BDHM', 'XM', 'KHZH', 'EX1_RANK', 'BEIZ');
const treeOf = (depth: number): fc.Arbitrary<XmlElement> =>
  fc.record({
    name: fc.constantFrom('cxqq', 'kzzh', 'djxx'),
    attributes: fc.dictionary(name, text, { noNullPrototype: true }),
    children: depth === 1 ? fc.constant([]) : fc.array(treeOf(depth - 1), { maxLength: 3 }),
  });
const tree = treeOf(4);

const read = (document: string) => readXml(Buffer.from(document, 'utf8'));

describe.each(CODINGS)('court XML with attributes %s', (coding) => {
  it('reads back every tree that it wrote', () => {
    fc.assert(
      fc.property(tree, (element) => {
        expect(decodeElement(readXml(writeDocument(element, coding)), coding)).toEqual(element);
      }),
    );
  });

  it('gives each element the exact piece of the bytes that it is', () => {
    fc.assert(
      fc.property(fc.array(tree, { minLength: 1, maxLength: 5 }), (elements) => {
        const pieces = elements.map((element) => writeElement(element, coding));
        expect(readXmlPieces(Buffer.from(pieces.join(''), 'utf8')).map(({ source }) => source)).toEqual(pieces);
      }),
    );
  });

  it('never loses a character without saying so', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (value) => {
        const written = encoded(value, coding);
        if (written !== undefined) expect(decodeAttribute(written, coding)).toBe(value);
      }),
    );
  });
});

function encoded(value: string, coding: AttributeCoding): string | undefined {
  try {
    return encodeAttribute(value, coding);
  } catch (error) {
    if (error instanceof AppError && error.code === 'unsupported-by-dialect') return undefined;
    throw error;
  }
}

describe('GBK in Base64', () => {
  it.each([
    ['陈志远', 's8LWvtS2'],
    ['', ''],
    ['·', 'oaQ='],
    ['€', 'ouM='],
    // Outside GBK: four bytes of GB18030, which a core of GBK alone sees as a fault and not as "?".
    ['𠮷', 'lTSyNQ=='],
    ['1.00', 'MS4wMA=='],
  ])('writes %j as %s and reads it', (value, raw) => {
    expect(encodeAttribute(value, 'base64-gbk')).toBe(raw);
    expect(decodeAttribute(raw, 'base64-gbk')).toBe(value);
  });

  it.each(['\ud800', '\ufffd', '\u0001', '\ue5e5', '\uffff'])('refuses to write %j', (value) =>
    expect(encoded(value, 'base64-gbk')).toBeUndefined(),
  );

  it.each(['***', 'QQ', 'QQ===', 'Q=Q=', 'gQ==', '/w==', 'gTCBIA==', '陈'])('does not read %s', (raw) =>
    expect(() => decodeAttribute(raw, 'base64-gbk')).toThrow(NotReadable),
  );

  it('passes white space in Base64 by', () => expect(decodeAttribute('s8LW\r\n vtS2', 'base64-gbk')).toBe('陈志远'));
});

describe('the bounded reader', () => {
  it('resolves the five entities and numbers, and text in sections', () => {
    const element = read(
      '<?xml version="1.0" encoding="UTF-8"?>\r\n<a x="&amp;&lt;&gt;&quot;&apos;&#20013;&#x4e2d;">t&amp;<![CDATA[<&amp;]]></a>',
    );
    expect(element.attributes).toEqual({ x: '&<>"\'中中' });
    expect(element.text).toBe('t&<&amp;');
  });

  it.each([
    ['a document type', '<!DOCTYPE a [<!ENTITY b "c">]><a/>'],
    ['a document type in lower case', '<!doctype a><a/>'],
    ['a billion laughs', '<!DOCTYPE l [<!ENTITY a "a"><!ENTITY b "&a;&a;">]><l x="&b;"/>'],
    ['a document type inside the root', '<a><!DOCTYPE b []></a>'],
    ['a declaration inside the root', '<a><!ENTITY b "c"></a>'],
    ['a document type between comments that look like sections', '<a><!-- <![CDATA[ --><!DOCTYPE b []><!-- ]]> --></a>'],
    ['a document type behind values that look like comments', '<a><b x="<!--"/><!DOCTYPE b []><b x="-->"/></a>'],
    ['a section without an end', '<a><![CDATA[ <b/></a>'],
    ['an entity of its own', '<a x="&foo;"/>'],
    ['a bare ampersand', '<a x="a&b"/>'],
    ['a reference to nothing', '<a x="&#0;"/>'],
    ['a reference beyond Unicode', '<a x="&#x110000;"/>'],
    ['a reference to half of a character', '<a>&#xd800;</a>'],
    ['a reference to a control character', '<a>&#1;</a>'],
    ['a reference to no character', '<a>&#xffff;</a>'],
    ['a processing instruction', '<a><?php x?></a>'],
    ['two roots', '<a/><b/>'],
    ['text outside the root', '<a/>x'],
    ['an attribute twice', '<a x="1" x="2"/>'],
    ['an attribute without a value', '<a x/>'],
    ['crossed tags', '<a><b></a></b>'],
    ['an open tag', '<a>'],
    ['a "<" in a value', '<a x="<"/>'],
    ['nothing', ''],
    ['no XML', 'hello'],
    ['nesting too deep', '<a>'.repeat(10) + '</a>'.repeat(10)],
    ['too many attributes', `<a ${Array.from({ length: 65 }, (_, i) => `x${i}="1"`).join(' ')}/>`],
  ])('does not read %s', (_, document) => expect(() => read(document)).toThrow(NotReadable));

  it.each([
    ['more bytes', { bytes: 10 }],
    ['more elements', { elements: 2 }],
  ])('does not read %s than allowed', (_, limit) =>
    expect(() => readXml(Buffer.from('<a><b/><b/></a>'), { bytes: 1e6, elements: 1e3, depth: 8, attributes: 8, ...limit })).toThrow(
      NotReadable,
    ),
  );

  it('does not read bytes that are not UTF-8', () =>
    expect(() => readXml(Buffer.from([0x3c, 0x61, 0xff, 0x2f, 0x3e]))).toThrow(NotReadable));

  it('answers every input', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('<', '>', '/', 'a', '"', '=', ' ', '!', '?', '&', ';', '[') })),
        (input) => {
          try {
            read(input);
          } catch (error) {
            expect(error).toBeInstanceOf(NotReadable);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});
