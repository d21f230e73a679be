import path from 'node:path';
import { runCommand } from './command.js';

/** Where Go is looked for: on the search path, and where its own installer puts it. */
const GO_PLACES = ['go', '/usr/local/go/bin/go'] as const;
const ASK_MS_MAX = 10_000;
/** Modules come over the network, so that a registry which does not answer must not hold up a run. */
const DOWNLOAD_MS_MAX = 120_000;
const BUILD_MS_MAX = 240_000;

const LITEWITNESS = 'filippo.io/torchwood/cmd/litewitness';
const TESSERA_POSIX = 'github.com/transparency-dev/tessera/cmd/conformance/posix';

/** Programs of somebody else, and the small one of ours that calls their libraries. */
export interface GoPrograms {
  /** Ours, from `go/`. */
  readonly program: string;
  readonly litewitness: string;
}

/** Why there are no programs here: `missing` is no failure of the log, `broken` is one of this suite. */
export type Unbuilt = { readonly missing: string } | { readonly broken: string };
export type GoTools = GoPrograms | Unbuilt;

/** Builds our small Go program, and with it the tools that it calls, and the witness, at the versions of `go.sum`. */
export async function buildGoTools(sources: string, folder: string): Promise<GoTools> {
  const unbuilt = await build(sources, folder, ['.', LITEWITNESS]);
  return unbuilt ?? { program: path.join(folder, 'interop'), litewitness: path.join(folder, 'litewitness') };
}

/** Builds Tessera's POSIX conformance server. */
export async function buildTessera(sources: string, folder: string): Promise<{ readonly program: string } | Unbuilt> {
  return (await build(sources, folder, [TESSERA_POSIX])) ?? { program: path.join(folder, 'posix') };
}

/** Builds the packages into the folder, each under its last name. Returns why not, if so. */
async function build(sources: string, folder: string, packages: readonly string[]): Promise<Unbuilt | undefined> {
  const go = await findGo();
  if (go === undefined) return { missing: 'Go is not installed' };
  const download = await runCommand(go, ['mod', 'download'], DOWNLOAD_MS_MAX, sources);
  if (download?.code !== 0) return { missing: `its modules cannot be had: ${firstLine(download?.stderr)}` };
  const built = await runCommand(go, ['build', '-o', `${folder}${path.sep}`, ...packages], BUILD_MS_MAX, sources);
  return built?.code === 0 ? undefined : { broken: `does not build: ${firstLine(built?.stderr)}` };
}

async function findGo(): Promise<string | undefined> {
  for (const place of GO_PLACES) {
    if ((await runCommand(place, ['version'], ASK_MS_MAX))?.code === 0) return place;
  }
  return undefined;
}

export function firstLine(output: string | undefined): string {
  return output?.trim().split('\n')[0] || 'no answer in time';
}

export function lastLine(output: string | undefined): string {
  return output?.trim().split('\n').at(-1) || 'no answer in time';
}
