import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorText } from '#kernel';

const FILE = 'fail-points.json';

/**
 * The fail-point that a campaign has left for the next start of a process, `<point>@<hit>`; it is taken out, so that it serves one start
 * alone. A file that does not read is said and arms nothing: the campaign then tells that its point was not reached.
 */
export function takeFailPoint(dataDir: string, name: string, say: (line: string) => void): string | undefined {
  const file = join(dataDir, FILE);
  if (!existsSync(file)) return undefined;
  try {
    const { [name]: armed, ...others } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
    if (armed !== undefined) replace(file, others);
    return armed;
  } catch (error) {
    say(`${file}: ${errorText(error)}`);
    return undefined;
  }
}

/** Leaves fail-points for the next starts of processes, in place of those that were left before. */
export function leaveFailPoints(dataDir: string, points: Readonly<Record<string, string>>): void {
  replace(join(dataDir, FILE), points);
}

function replace(file: string, points: Readonly<Record<string, string>>): void {
  writeFileSync(`${file}.tmp`, JSON.stringify(points));
  renameSync(`${file}.tmp`, file);
}
