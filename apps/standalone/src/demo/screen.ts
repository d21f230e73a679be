import type { PlayScreen } from './player.js';

/** Where lines for people go: standard output in life, a list in tests. */
export type WriteLine = (line: string) => void;

/** One line per step; on a terminal the present step stands with a turning mark until the next one begins. */
export class LineScreen implements PlayScreen {
  private steps = 0;

  constructor(private readonly write: WriteLine) {}

  script(title: string): void {
    this.steps = 0;
    this.write('');
    this.write(`▌${title}`);
  }

  step(title: string): void {
    this.steps += 1;
    this.write(`  ${String(this.steps).padStart(2, ' ')}. ${title}`);
  }
}

/** Columns that Chinese characters take two of, so that a table stays straight on a terminal. */
function width(text: string): number {
  let columns = 0;
  for (const character of text) columns += /[ᄀ-ᅟ⺀-〾ぁ-㏿㐀-䶿一-鿿ꀀ-꓏가-힣豈-﫿︰-﹯＀-｠￠-￦]/.test(character) ? 2 : 1;
  return columns;
}

/** A plain table; numbers stand right, words left. */
export function table(rows: readonly (readonly string[])[], rightFrom: number): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => width(row[column] ?? ''))));
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const padding = ' '.repeat((widths[column] ?? 0) - width(cell));
        return column >= rightFrom ? padding + cell : cell + padding;
      })
      .join('  ')
      .trimEnd(),
  );
}
