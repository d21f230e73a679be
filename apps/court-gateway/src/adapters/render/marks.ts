import { degrees, rgb, type PDFFont, type PDFPage } from 'pdf-lib';
import type { Placed } from './page-writer.js';

const RED = rgb(0.8, 0.07, 0.07);
const GREY = rgb(0.5, 0.5, 0.5);
const SEAL_RADIUS = 56;
const STAR_RADIUS = 18;
const NAME_RADIUS = 43;
const NAME_SIZE = 11;
/** The name fills at most this part of the circle, open at the bottom. */
const NAME_ARC_MAX = 250;
const NAME_STEP_MAX = 24;

/** Prints 草稿 across a page that nobody may act on. */
export function markDraft(page: PDFPage, font: PDFFont): void {
  const { width, height } = page.getSize();
  const size = 120;
  page.drawText('草稿', {
    x: width / 2 - size,
    y: height / 2 - size / 2,
    size,
    font,
    color: GREY,
    opacity: 0.25,
    rotate: degrees(30),
  });
}

/**
 * Draws the court's round seal over the signature: ring, star, the court's name along the ring. It is a picture for the eye;
 * what proves the document is the signed record beside it.
 */
export function drawSeal({ page, x, y }: Placed, font: PDFFont, courtName: string): void {
  const centre = { x: x + SEAL_RADIUS, y: y + 4 };
  page.drawCircle({ ...centre, size: SEAL_RADIUS, borderColor: RED, borderWidth: 2.5, borderOpacity: 0.85, opacity: 0 });
  page.drawSvgPath(starPath(STAR_RADIUS), { ...centre, color: RED, opacity: 0.85, borderWidth: 0 });
  const characters = [...courtName];
  const step = Math.min(NAME_STEP_MAX, NAME_ARC_MAX / Math.max(1, characters.length - 1));
  characters.forEach((character, index) => {
    // Degrees clockwise from the top; the name stands symmetrically around it.
    const angle = (index - (characters.length - 1) / 2) * step;
    const radians = (angle * Math.PI) / 180;
    const half = font.widthOfTextAtSize(character, NAME_SIZE) / 2;
    page.drawText(character, {
      x: centre.x + NAME_RADIUS * Math.sin(radians) - half * Math.cos(radians),
      y: centre.y + NAME_RADIUS * Math.cos(radians) + half * Math.sin(radians),
      size: NAME_SIZE,
      font,
      color: RED,
      opacity: 0.85,
      rotate: degrees(-angle),
    });
  });
}

/** A star of five points around the origin, as an SVG path. */
function starPath(radius: number): string {
  const inner = radius * 0.382;
  const points = Array.from({ length: 10 }, (_, index) => {
    const angle = (index * Math.PI) / 5 - Math.PI / 2;
    const length = index % 2 === 0 ? radius : inner;
    return `${(length * Math.cos(angle)).toFixed(2)} ${(length * Math.sin(angle)).toFixed(2)}`;
  });
  return `M ${points.join(' L ')} Z`;
}
