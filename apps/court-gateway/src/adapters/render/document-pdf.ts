import { PDFDocument } from 'pdf-lib';
import type { DocumentContent } from '../../use-cases/make-instrument/renderer.js';
import { embedDocumentFont } from './document-font.js';
import { drawSeal, markDraft } from './marks.js';
import { PageWriter } from './page-writer.js';

const COURT_SIZE = 20;
const TITLE_SIZE = 22;

/** The PDF of a document. The same content gives the same bytes: no clock and no chance enters. */
export async function documentPdf(content: DocumentContent): Promise<Uint8Array> {
  const pdf = await PDFDocument.create({ updateMetadata: false });
  pdf.setTitle(content.title);
  pdf.setAuthor(content.courtName);
  pdf.setProducer('Chakong');
  const font = await embedDocumentFont(pdf);
  const writer = new PageWriter(pdf, font);
  writeHead(writer, content);
  for (const paragraph of content.paragraphs) writer.paragraph(paragraph);
  writeLines(writer, content);
  writer.gap(24);
  if (content.decidedBy !== undefined) writer.right(`承办人　${content.decidedBy}`);
  const signature = writer.right(content.courtName);
  writer.right(content.date);
  if (content.mark === 'sealed') drawSeal(signature, font, content.courtName);
  else for (const page of writer.pages()) markDraft(page, font);
  return pdf.save();
}

function writeHead(writer: PageWriter, content: DocumentContent): void {
  writer.centred(content.courtName, COURT_SIZE);
  writer.centred(content.title, TITLE_SIZE);
  writer.right(content.number);
  writer.gap(12);
  if (content.addressee !== undefined) writer.plain(`${content.addressee}：`);
  for (const { name, idNumber } of content.debtors) writer.paragraph(`被执行人：${name}，证件号码：${idNumber}`);
}

function writeLines(writer: PageWriter, { lines }: DocumentContent): void {
  lines.forEach(({ account, detail }, index) => writer.plain(`${index + 1}．账号 ${account}　${detail}`));
}
