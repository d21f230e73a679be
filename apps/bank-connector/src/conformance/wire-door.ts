import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Court } from './court.js';

/** Where a bank's calls come in, by the delivery of its dialect. */
const DOORS = {
  push: { path: 'answers', type: 'application/json' },
  pull: { path: 'answers', type: 'application/json' },
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
    return leaveFile(join(dataDir, 'exchange', bank), profile.legalPersons[0]?.code ?? bank, bytes);
  }
  const { path, type } = DOORS[door.kind];
  const headers: Record<string, string> = { 'content-type': type };
  if (door.kind === 'pull') headers['authorization'] = `Basic ${Buffer.from(`${door.user}:${door.password}`).toString('base64')}`;
  const response = await fetch(`${court.origin}/connector/${bank}/${path}`, { method: 'POST', headers, body: new Uint8Array(bytes) });
  await response.arrayBuffer();
  return String(response.status);
}

let files = 0;

async function leaveFile(exchange: string, legalPerson: string, bytes: Buffer): Promise<string> {
  const up = join(exchange, legalPerson, 'up');
  await mkdir(up, { recursive: true });
  files += 1;
  const name = `CXFK_${legalPerson}_2026031000000${String(files).padStart(7, '0')}_1`;
  for (const ending of ['json', 'zip']) {
    await writeFile(join(up, `${name}.${ending}.tmp`), bytes);
    await rename(join(up, `${name}.${ending}.tmp`), join(up, `${name}.${ending}`));
  }
  return 'left';
}
