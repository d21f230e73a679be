import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Court } from './court.js';

/** Where a bank's calls come in, by the delivery of its dialect. */
const DOORS = {
  push: { path: 'answers', type: 'application/json' },
  pull: { path: 'ws', type: 'text/xml' },
} as const;

/**
 * Raw bytes at the court's door for a bank, as anybody could bring them there. It builds nothing of a dialect: what is offered is not
 * meant to be understood.
 * @returns an HTTP status, or `left` for a file
 */
export async function offerAtDoor(court: Court, dataDir: string, bytes: Buffer): Promise<string> {
  const { context, door } = court.host;
  const { bank, profile } = context;
  if (door.kind === 'file' || door.kind === 'desk') {
    return leaveFile(join(dataDir, 'exchange', bank), profile.legalPersons[0]?.institution ?? bank, bytes);
  }
  const { path, type } = DOORS[door.kind];
  const headers = { 'content-type': type };
  const response = await fetch(`${court.origin}/connector/${bank}/${path}`, { method: 'POST', headers, body: new Uint8Array(bytes) });
  await response.arrayBuffer();
  return String(response.status);
}

/** Widths of a package's name, by docs/dialects/file-zip.md. */
const BATCH_DIGITS = 30;
const COPY_DIGITS = 12;

let files = 0;

/** A package whose name is right, in the folder of the simulated bank's machine; its seal is missing. */
async function leaveFile(exchange: string, institution: string, bytes: Buffer): Promise<string> {
  const up = join(exchange, institution, 'up');
  await mkdir(up, { recursive: true });
  files += 1;
  const name = `CXFK${institution}${String(files).padStart(BATCH_DIGITS, '0')}${'1'.padStart(COPY_DIGITS, '0')}.zip`;
  await writeFile(join(up, `${name}.tmp`), bytes);
  await rename(join(up, `${name}.tmp`), join(up, name));
  return 'left';
}
