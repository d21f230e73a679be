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

/** Every file of a folder whose name fits, in the order of the names. */
export function files(path: string, fits: RegExp = /(?:)/): readonly Buffer[] {
  const names = readdirSync(folder(path), { withFileTypes: true }).filter((entry) => entry.isFile() && fits.test(entry.name));
  return names
    .map(({ name }) => name)
    .sort()
    .map((name) => file(`${path}/${name}`));
}
