import { setTimeout as pause } from 'node:timers/promises';
import { eventually, type TestSystem } from '#testing';
import { say } from './say.js';
import type { StoreView } from './store-reading.js';

const IMPORT_MS_MAX = 900_000;
const LOOK_EVERY_MS = 5;
const LOOK_AT_IMPORT_EVERY_MS = 200;
const STALL_MS_MAX = 30_000;
const FIRST_CASE = 100_000;

/** Imports cases, each of which leaves one fact in the outbox. @param from how many were imported before */
export async function importCases(system: TestSystem, count: number, from = 0): Promise<void> {
  const header = 'caseNumber,courtCode,filedOn,ceiling,currency,role,kind,name,idType,idNumber';
  const line = (n: number): string =>
    `(2026)鄂0106执${FIRST_CASE + n}号,420106,2026-01-05,1000.00,CNY,debtor,organisation,武汉第${n}号贸易有限公司,20,${String(n).padStart(9, '0')}`;
  const raw = [header, ...Array.from({ length: count }, (_, n) => line(from + n)), ''].join('\n');
  const started = performance.now();
  const reply = await system
    .as('officer')
    .send<{ id: string }>('POST', '/api/v1/cases/import', { raw, headers: { 'content-type': 'text/csv' } });
  if (reply.status !== 202) throw new Error(`the import was refused: ${reply.status} ${reply.bytes.toString('utf8').slice(0, 500)}`);
  const state = await eventually(async () => {
    await pause(LOOK_AT_IMPORT_EVERY_MS);
    const found = await system
      .as('officer')
      .read<{ status: string; casesCreated: number; refused: readonly unknown[] }>(`/api/v1/imports/${reply.body.id}`);
    return found.status === 'running' || found.status === 'queued' ? undefined : found;
  }, IMPORT_MS_MAX);
  say(`import: ${state.casesCreated} cases in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  if (state.casesCreated !== count) say(`import: ${state.status}, not ${count} cases; ${JSON.stringify(state.refused.slice(0, 3))}`);
}

export async function waitingFacts({ reader, at }: StoreView): Promise<number> {
  const sql = `SELECT COUNT(*) AS n FROM ${at('outbox')} WHERE topic = 'facts.v1' AND published_at IS NULL`;
  return (await reader.one<{ n: number }>(sql))?.n ?? 0;
}

export async function checkpointSize(system: TestSystem): Promise<number> {
  const reply = await system.anonymous.get<string>('/ledger/checkpoint');
  return reply.status === 200 ? Number(String(reply.body).split('\n')[1]) : 0;
}

/** The size once it has reached the aim, or once it has stood still for half a minute. */
export async function untilCovered(system: TestSystem, aim: number): Promise<number> {
  let size = -1;
  let movedAt = performance.now();
  while (performance.now() - movedAt < STALL_MS_MAX) {
    const now = await checkpointSize(system);
    if (now !== size) movedAt = performance.now();
    size = now;
    if (size >= aim) return size;
    await pause(LOOK_EVERY_MS);
  }
  return size;
}
