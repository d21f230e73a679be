import { instantText, type Instant } from '#kernel';
import type { Reader, Row } from '#persistence';
import type { Encoding } from '../../use-cases/import-cases/csv-lines.js';

export type ImportStatus = 'running' | 'completed' | 'failed';

export interface ImportRow extends Row {
  readonly id: string;
  readonly status: ImportStatus;
  readonly court_code: string;
  /** Lines of the file without its header. */
  readonly lines_total: number;
  /** All lines up to this one are done for ever: their cases and refusals are in the store. */
  readonly lines_done: number;
  readonly cases_created: number;
  readonly refused_count: number;
  readonly sha256: string;
  readonly encoding: Encoding;
  readonly actor_sealed: Buffer;
  readonly error: string | null;
  readonly by_user: string;
  readonly at: Instant;
  readonly ended_at: Instant | null;
}

interface RefusalRow extends Row {
  readonly line: number;
  readonly code: string;
  readonly detail: string;
}

/** Refusals shown in one answer; `refusedTotal` says how many there are. */
export const REFUSALS_SHOWN_MAX = 10_000;

export function findImport(reader: Reader, id: string): Promise<ImportRow | undefined> {
  return reader.one<ImportRow>('SELECT * FROM imports WHERE id = ?', [id]);
}

export async function runningImports(reader: Reader): Promise<readonly string[]> {
  const rows = await reader.all<{ id: string }>("SELECT id FROM imports WHERE status = 'running' ORDER BY at, id");
  return rows.map(({ id }) => id);
}

export async function importView(reader: Reader, row: ImportRow) {
  const refused = await reader.all<RefusalRow>('SELECT line, code, detail FROM import_refusals WHERE import_id = ? ORDER BY line LIMIT ?', [
    row.id,
    REFUSALS_SHOWN_MAX,
  ]);
  return {
    id: row.id,
    status: row.status,
    linesTotal: row.lines_total,
    linesDone: row.lines_done,
    casesCreated: row.cases_created,
    refused: refused.map(({ line, code, detail }) => ({ line, code, detail })),
    refusedTotal: row.refused_count,
    sha256: row.sha256,
    encoding: row.encoding,
    ...(row.error === null ? {} : { error: row.error }),
    at: instantText(row.at),
    ...(row.ended_at === null ? {} : { endedAt: instantText(row.ended_at) }),
  };
}
