import { rgb, type PDFDocument, type PDFFont, type PDFPage } from 'pdf-lib';

const PAGE_WIDTH = 595.28;
const PAGE_HEIGHT = 841.89;
const MARGIN = 72;
const BODY_SIZE = 12;
const LINE_FACTOR = 1.8;
const BLACK = rgb(0, 0, 0);
/** A document with more pages than this is no notice any more. */
const PAGES_MAX = 60;
/** Marks that do not begin a line; they hang in the margin instead. */
const CLOSING_MARKS = new Set('，。、；：？！）》」”%）');

export interface Placed {
  readonly page: PDFPage;
  readonly x: number;
  readonly y: number;
}

/** Writes lines of text down one page after the other. Measures are points; y grows upwards as in PDF. */
export class PageWriter {
  private page: PDFPage;
  private y = PAGE_HEIGHT - MARGIN;
  private readonly widths = new Map<string, number>();

  constructor(
    private readonly pdf: PDFDocument,
    private readonly font: PDFFont,
  ) {
    this.page = pdf.addPage([PAGE_WIDTH, PAGE_HEIGHT]);
  }

  /** A line in the middle of the page. */
  centred(text: string, size: number): void {
    for (const line of this.wrap(text, size, PAGE_WIDTH - 2 * MARGIN)) this.put(line, size, (PAGE_WIDTH - this.width(line, size)) / 2);
  }

  /** A line that ends at the right margin; the place of its first character is where a seal goes. */
  right(text: string, size = BODY_SIZE): Placed {
    const x = Math.max(MARGIN, PAGE_WIDTH - MARGIN - this.width(text, size));
    return this.put(text, size, x);
  }

  /** A paragraph whose first line is set in by two characters. */
  paragraph(text: string, size = BODY_SIZE): void {
    for (const line of this.wrap(`\u3000\u3000${text}`, size, PAGE_WIDTH - 2 * MARGIN)) this.put(line, size, MARGIN);
  }

  plain(text: string, size = BODY_SIZE): void {
    for (const line of this.wrap(text, size, PAGE_WIDTH - 2 * MARGIN)) this.put(line, size, MARGIN);
  }

  gap(points: number): void {
    this.y -= points;
  }

  pages(): readonly PDFPage[] {
    return this.pdf.getPages();
  }

  private put(text: string, size: number, x: number): Placed {
    const height = size * LINE_FACTOR;
    if (this.y - height < MARGIN) this.turn();
    this.y -= height;
    this.page.drawText(text, { x, y: this.y, size, font: this.font, color: BLACK });
    return { page: this.page, x, y: this.y };
  }

  private turn(): void {
    if (this.pdf.getPageCount() >= PAGES_MAX) throw new Error(`a document has at most ${PAGES_MAX} pages`);
    this.page = this.pdf.addPage([PAGE_WIDTH, PAGE_HEIGHT]);
    this.y = PAGE_HEIGHT - MARGIN;
  }

  private wrap(text: string, size: number, widthMax: number): string[] {
    const lines: string[] = [];
    for (const piece of text.split('\n')) {
      let line = '';
      let width = 0;
      for (const character of piece) {
        const step = this.width(character, size);
        if (width + step > widthMax && line !== '' && !CLOSING_MARKS.has(character)) {
          lines.push(line);
          line = '';
          width = 0;
        }
        line += character;
        width += step;
      }
      lines.push(line);
    }
    return lines;
  }

  /** Width of a text as the sum of its characters; each is measured once. */
  private width(text: string, size: number): number {
    let sum = 0;
    for (const character of text) {
      let unit = this.widths.get(character);
      if (unit === undefined) {
        unit = this.font.widthOfTextAtSize(character, 1);
        this.widths.set(character, unit);
      }
      sum += unit * size;
    }
    return sum;
  }
}
