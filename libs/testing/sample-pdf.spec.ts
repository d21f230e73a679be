import { expect, it } from '@jest/globals';
import { PDFDocument } from 'pdf-lib';
import { samplePdf } from './sample-pdf.js';

it('is a PDF of one page that a strict reader opens, and differs by its label', async () => {
  const document = await PDFDocument.load(samplePdf('a'), { throwOnInvalidObject: true });
  expect(document.getPageCount()).toBe(1);
  expect(samplePdf('a').equals(samplePdf('a'))).toBe(true);
  expect(samplePdf('a').equals(samplePdf('b'))).toBe(false);
});
