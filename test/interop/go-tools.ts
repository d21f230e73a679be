import path from 'node:path';
import { runCommand } from './command.js';

/** Where Go is looked for: on the search path, and where its own installer puts it. */
const GO_PLACES = ['go', '/usr/local/go/bin/go'] as const;
const ASK_MS_MAX = 10_000;
/** Modules come over the network, so that a registry which does not answer must not hold up a run. */
const DOWNLOAD_MS_MAX = 60_000;
const BUILD_MS_MAX = 240_000;

/** The program, or why there is none here: `missing` is no failure of the log, `broken` is one of this suite. */
export type GoTools = { readonly program: string } | { readonly missing: string } | { readonly broken: string };

/** Builds our small Go program, and with it the tools that it calls, at the versions of `go.sum`. */
export async function buildGoTools(sources: string, folder: string): Promise<GoTools> {
  const go = await findGo();
  if (go === undefined) return { missing: 'Go is not installed' };
  const download = await runCommand(go, ['mod', 'download'], DOWNLOAD_MS_MAX, sources);
  if (download?.code !== 0) return { missing: `its modules cannot be had: ${firstLine(download?.stderr)}` };
  const program = path.join(folder, 'interop');
  const build = await runCommand(go, ['build', '-o', program, '.'], BUILD_MS_MAX, sources);
  return build?.code === 0 ? { program } : { broken: `does not build: ${firstLine(build?.stderr)}` };
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
