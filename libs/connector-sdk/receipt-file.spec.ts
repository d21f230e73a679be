import { deflateSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { samplePdf } from '#testing';
import { faultOfReceipt, RECEIPT_BYTES_MAX } from './receipt-file.js';

const pdf = (...objects: readonly (string | Buffer)[]): Buffer =>
  Buffer.concat([
    Buffer.from('%PDF-1.7\n'),
    ...objects.map((one) => Buffer.concat([Buffer.from(one), Buffer.from('\n')])),
    Buffer.from('trailer<</Root 1 0 R>>\n%%EOF\n'),
  ]);
const stream = (dictionary: string, content: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`2 0 obj<<${dictionary}/Length ${content.length}>>\nstream\n`), content, Buffer.from('\nendstream\nendobj')]);
const packed = (text: string, dictionary = '/Type/ObjStm/N 1/First 4/Filter/FlateDecode'): Buffer =>
  stream(dictionary, deflateSync(Buffer.from(text)));
const object = (inside: string): Buffer => pdf(`1 0 obj<<${inside}>>endobj`);
const OPEN = '/OpenAction<</S/JavaScript/JS(app.alert(1))>>';

describe('a receipt', () => {
  it.each<[string, Buffer, string | undefined]>([
    ['a plain PDF', samplePdf('回执'), undefined],
    [
      'a page with a compressed image',
      pdf(stream('/Subtype/Image/Filter/FlateDecode', deflateSync(Buffer.alloc(3_000_000, 7)))),
      undefined,
    ],
    ['objects in a stream', pdf(packed('1 0 <</Type/Catalog/OpenAction[3 0 R/Fit]>>')), undefined],
    ['a scan with the bytes of another language in it', pdf(stream('/Filter/DCTDecode', Buffer.from('JavaScript Launch'))), undefined],
    ['a program with the name of a PDF', Buffer.from('MZ\u0090\u0000%PDF-1.7 %%EOF'), 'not-a-pdf'],
    ['a picture', Buffer.from('\u0089PNG\r\n\u001a\n'), 'not-a-pdf'],
    ['half a PDF', samplePdf('x').subarray(0, 200), 'not-a-pdf'],
    ['a PDF that is too large', Buffer.concat([pdf(), Buffer.alloc(RECEIPT_BYTES_MAX)]), 'too-large'],
    ['a script at opening', object(OPEN), 'active-content'],
    ['a script whose name is escaped', object('/OpenAction<</S/J#61va#53cript/JS(1)>>'), 'active-content'],
    ['a script in a stream of objects', pdf(packed(`1 0 <<${OPEN}>>`)), 'active-content'],
    ['a script in a stream that does not say what it is', pdf(packed(`1 0 <<${OPEN}>>`, '/N 1/First 4')), 'active-content'],
    [
      'a script behind a text that looks like a stream',
      pdf('1 0 obj<</A(>>stream\n)', `/AA<</O<</S/JavaScript>>>>>>endobj`),
      'active-content',
    ],
    ['a program that is started', object('/A<</S/Launch/F(cmd.exe)>>'), 'active-content'],
    ['a file in the file', object('/Names<</EmbeddedFiles 3 0 R>>'), 'active-content'],
    ['a form that sends itself', object('/A<</S/SubmitForm/F(http://x)>>'), 'active-content'],
    ['a form with a program', object('/AcroForm<</XFA 5 0 R>>'), 'active-content'],
    ['a link into another file', object('/A<</S/GoToE/F(x)>>'), 'active-content'],
    ['media that play', object('/Subtype/RichMedia'), 'active-content'],
    ['encryption', pdf('trailer<</Encrypt 9 0 R>>'), 'not-inspectable'],
    [
      'objects in an encoding that is not looked into',
      pdf(stream('/Type/ObjStm/N 1/First 4/Filter/ASCIIHexDecode', Buffer.from('2f'))),
      'not-inspectable',
    ],
    ['objects that are packed twice', pdf(packed('x', '/Type/ObjStm/N 1/First 4/Filter[/FlateDecode/FlateDecode]')), 'not-inspectable'],
    ['objects behind a predictor', pdf(packed('x', '/N 1/First 4/Filter/FlateDecode/DecodeParms<</Predictor 12>>')), 'not-inspectable'],
    ['objects whose filter stands elsewhere', pdf(packed('x', '/N 1/Fi#72st 4/Filter 9 0 R')), 'not-inspectable'],
    ['a bomb', pdf(...Array.from({ length: 4 }, () => stream('/Filter/FlateDecode', deflateSync(Buffer.alloc(40_000_000))))), 'too-large'],
  ])('of %s', async (_, bytes, fault) => expect(await faultOfReceipt(bytes)).toBe(fault));

  it('answers for any bytes, and never takes a script among them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), fc.uint8Array({ maxLength: 400 }), async (before, after) => {
        const around = (inside: string): Buffer => pdf(Buffer.from(before), inside, Buffer.from(after));
        await faultOfReceipt(around(''));
        expect(await faultOfReceipt(around(`<<${OPEN}>>`))).not.toBe(undefined);
      }),
      { numRuns: 200 },
    );
  });
});
