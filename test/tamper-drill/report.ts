import type { Outcome } from './drill.js';

const TITLE_WIDTH = 42;
const SAW_CHARS_MAX = 160;

/** The lines of the table for one attack: who noticed, how fast, and what he saw. */
export function outcomeLines({ title, detections, blind }: Outcome): readonly string[] {
  const rows = detections.map(({ by, seconds, saw }, i) => {
    const name = i === 0 ? title : '';
    return `${name.padEnd(TITLE_WIDTH)}${by.padEnd(20)}${seconds.toFixed(1).padStart(6)} s  ${oneLine(saw)}`;
  });
  const unseen = blind.map((by) => `${''.padEnd(TITLE_WIDTH)}${by.padEnd(20)}       -  saw nothing`);
  return rows.length > 0 ? [...rows, ...unseen] : [`${title.padEnd(TITLE_WIDTH)}UNDETECTED`, ...unseen];
}

export function summary(outcomes: readonly Outcome[]): string {
  const detected = outcomes.filter(({ detections }) => detections.length > 0).length;
  return `attacks ${outcomes.length}, detected ${detected}, undetected ${outcomes.length - detected}`;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').slice(0, SAW_CHARS_MAX);
}
