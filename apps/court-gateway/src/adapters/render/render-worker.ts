import { move } from 'piscina';
import type { DocumentContent } from '../../use-cases/make-instrument/renderer.js';
import { documentPdf } from './document-pdf.js';

/** The entry of a worker thread: content in, PDF bytes out, handed over without a copy. */
export default async function renderInWorker(content: DocumentContent): Promise<ArrayBuffer> {
  const bytes = await documentPdf(content);
  const exact = new Uint8Array(bytes).buffer;
  return move(exact) as ArrayBuffer;
}
