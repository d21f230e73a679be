import type { DocumentContent, Renderer } from '../../use-cases/make-instrument/renderer.js';
import { documentPdf } from './document-pdf.js';

/** Renders in the calling thread: for tests and tools, where nobody else waits for it. */
export class DirectRenderer implements Renderer {
  async render(content: DocumentContent): Promise<Buffer> {
    return Buffer.from(await documentPdf(content));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
