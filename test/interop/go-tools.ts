import path from 'node:path';
import { runCommand } from './command.js';

/** Where Go is looked for: on the search path, and where its own installer puts it. */
const GO_PLACES = ['go', '/usr/local/go/bin/go'] as const;
const ASK_MS_MAX = 10_000;
/** Modules come over the network, so that a registry which does not answer must not hold up a run. */
const DOWNLOAD_MS_MAX = 120_000;
const BUILD_MS_MAX = 240_000;

const LITEWITNESS = 'filippo.io/torchwood/cmd/litewitness';

/** Programs of somebody else, and the small one of ours that calls their libraries. */
export interface GoPrograms {
  /** Ours, from `go/`. */
  readonly program: string;
  readonly litewitness: string;
}

/** The programs, or why there are none here: `missing` is no failure of the log, `broken` is one of this suite. */
export type GoTools = GoPrograms | { readonly missing: string } | { readonly broken: string };

/** Builds our small Go program, and with it the tools that it calls, and the witness, at the versions of `go.sum`. */
export async function buildGoTools(sources: string, folder: string): Promise<GoTools> {
  const go = await findGo();
  if (go === undefined) return { missing: 'Go is not installed' };
  const download = await runCommand(go, ['mod', 'download'], DOWNLOAD_MS_MAX, sources);
  if (download?.code !== 0) return { missing: `its modules cannot be had: ${firstLine(download?.stderr)}` };
  const programs = { program: path.join(folder, 'interop'), litewitness: path.join(folder, 'litewitness') };
  const build = await runCommand(go, ['build', '-o', `${folder}${path.sep}`, '.', LITEWITNESS], BUILD_MS_MAX, sources);
  return build?.code === 0 ? programs : { broken: `does not build: ${firstLine(build?.stderr)}` };
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
