import { readdirSync, readFileSync } from 'node:fs';

/** The root of the repository, also for the compiled campaign, which lies in `.build/<digest>/test/fuzz`: fixtures are no part of a build. */
const REPOSITORY = new URL(import.meta.url.endsWith('.js') ? '../../../../' : '../../', import.meta.url);

/** A folder below the root of the repository. */
export function folder(path: string): URL {
  return new URL(`${path}/`, REPOSITORY);
}

/** The bytes of a file below the root of the repository. */
export function file(path: string): Buffer {
  return readFileSync(new URL(path, REPOSITORY));
}

/** The names of the files of a folder that fit, in order. */
export function names(path: string, fits: RegExp = /(?:)/): readonly string[] {
  const entries = readdirSync(folder(path), { withFileTypes: true }).filter((entry) => entry.isFile() && fits.test(entry.name));
  return entries.map(({ name }) => name).sort();
}

/** The bytes of these files. */
export function files(path: string, fits?: RegExp): readonly Buffer[] {
  return names(path, fits).map((name) => file(`${path}/${name}`));
}
