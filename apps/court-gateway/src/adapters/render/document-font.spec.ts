import { inflateSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import fontkit from '@pdf-lib/fontkit';
import { PDFDict, PDFDocument, PDFName, PDFRawStream } from 'pdf-lib';
import { documentFont, embedDocumentFont } from './document-font.js';

/** Enough different characters that glyphs of odd length are among them for certain. */
const TEXT = '湖北省武汉市武昌区人民法院协助冻结存款通知书执号之一被行陈志远身份证元龘龙慧0123456789();,，。、：（）￥';

/** The font program that a PDF carries. */
async function embeddedFont(bytes: Uint8Array) {
  const pdf = await PDFDocument.load(bytes);
  for (const [, object] of pdf.context.enumerateIndirectObjects()) {
    if (!(object instanceof PDFDict) || !object.has(PDFName.of('FontFile2'))) continue;
    const stream = pdf.context.lookup(object.get(PDFName.of('FontFile2')));
    if (stream instanceof PDFRawStream) return fontkit.create(inflateSync(stream.contents));
  }
  throw new Error('no embedded font');
}

const outline = (glyph: unknown): string => (glyph as { path: { toSVG(): string } }).path.toSVG();

describe('the embedded subset', () => {
  it('draws every character as the whole font does', async () => {
    const pdf = await PDFDocument.create();
    const font = await embedDocumentFont(pdf);
    pdf.addPage().drawText(TEXT, { font, size: 10 });
    const subset = await embeddedFont(await pdf.save());
    const whole = documentFont().parsed;
    const glyphIds = [...new Set(whole.glyphsForString(TEXT).map(({ id }) => id))];
    expect(glyphIds.length).toBeGreaterThan(50);
    const wrong = glyphIds.filter((id, index) => outline(subset.getGlyph(index + 1)) !== outline(whole.getGlyph(id)));
    expect(wrong).toEqual([]);
  });
});
