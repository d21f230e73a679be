import { inflateSync } from 'node:zlib';
import { PDFDict, PDFDocument, PDFName, PDFRawStream, type PDFObject, type PDFPage } from 'pdf-lib';

/**
 * The text of a PDF of ours, page by page, read back as a reader would: by the embedded font's own table from glyphs to
 * characters. It therefore also proves that text can be searched and copied.
 */
export async function pdfText(bytes: Uint8Array): Promise<string[]> {
  const pdf = await PDFDocument.load(bytes);
  const table = glyphTable(pdf);
  return pdf.getPages().map((page) => textOfPage(page, table));
}

function streamBytes(object: PDFObject | undefined): Buffer {
  if (!(object instanceof PDFRawStream)) return Buffer.alloc(0);
  const isDeflated = object.dict.get(PDFName.of('Filter')) === PDFName.of('FlateDecode');
  return isDeflated ? inflateSync(object.contents) : Buffer.from(object.contents);
}

function glyphTable(pdf: PDFDocument): ReadonlyMap<string, string> {
  const table = new Map<string, string>();
  for (const [, object] of pdf.context.enumerateIndirectObjects()) {
    if (!(object instanceof PDFDict) || !object.has(PDFName.of('ToUnicode'))) continue;
    const map = streamBytes(pdf.context.lookup(object.get(PDFName.of('ToUnicode')))).toString('latin1');
    for (const [, glyph = '', text = ''] of map.matchAll(/<([0-9A-Fa-f]{4})>\s*<([0-9A-Fa-f]+)>/g)) {
      table.set(glyph.toUpperCase(), Buffer.from(text, 'hex').swap16().toString('utf16le'));
    }
  }
  return table;
}

function textOfPage(page: PDFPage, table: ReadonlyMap<string, string>): string {
  const contents = page.node.Contents();
  const streams =
    contents instanceof PDFRawStream ? [contents] : ((contents as { asArray?(): PDFObject[] } | undefined)?.asArray?.() ?? []);
  const operators = streams.map((each) => streamBytes(page.doc.context.lookup(each)).toString('latin1')).join('\n');
  const shown = [...operators.matchAll(/<([0-9A-Fa-f]+)>\s*Tj/g)].map(([, hex = '']) =>
    (hex.match(/.{4}/g) ?? []).map((glyph) => table.get(glyph.toUpperCase()) ?? '□').join(''),
  );
  return shown.join('\n');
}
