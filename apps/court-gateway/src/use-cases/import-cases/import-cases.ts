import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Principal } from '#access';
import { AppError, errorText, newId } from '#kernel';
import { FactRecorder } from '#messaging';
import { insert, type Tx } from '#persistence';
import { findImport, runningImports, type ImportRow, type ImportStatus } from '../../adapters/store/import-rows.js';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';
import { Vault } from '../../vault.js';
import { groupLines, readHeader, type CaseLines } from './case-lines.js';
import { csvLines, EncodingProbe, type Encoding } from './csv-lines.js';
import { ImportBatch } from './import-batch.js';
import { readSealedFile, SealedFileWriter, type SealedFilePlace } from './sealed-file.js';

/** Larger files are refused while they come in; ten million parties fit. */
export const IMPORT_BYTES_MAX = 2 * 1024 * 1024 * 1024;
/** Cases per commit: few enough that a request beside it waits some milliseconds. */
const BATCH_CASES = 50;
/** Lines of a batch, for files whose cases have very many parties. */
const BATCH_LINES_MAX = 500;
/** Imports that may wait for their turn; they run one after another. */
const QUEUE_MAX = 100;
/** Tries while the store is unavailable before an import is given up. */
const ATTEMPTS_MAX = 5;
const RETRY_MS = 2_000;
const LINE_FEED = 0x0a;

/** A file that has come in whole and lies sealed on the disk. */
export interface ReceivedFile {
  readonly id: string;
  readonly sha256: string;
  readonly encoding: Encoding;
  readonly linesTotal: number;
}

/** Takes files of cases in and files their cases in the background, one file after another; a restart goes on where it was. */
@Injectable()
export class ImportCases {
  private readonly queue: string[] = [];
  private working: Promise<void> | undefined;
  private stopped = false;

  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(FactRecorder) private readonly facts: FactRecorder,
    @Inject(ImportBatch) private readonly batch: ImportBatch,
  ) {}

  /** Streams a file to the disk, sealed. @throws AppError `too-large`, `unavailable`, `invalid` (its header is wrong) */
  async receive(source: Readable): Promise<ReceivedFile> {
    if (this.queue.length >= QUEUE_MAX) throw new AppError('unavailable', '等待导入的文件过多，请稍后再试', { retryable: true });
    await mkdir(this.folder(), { recursive: true, mode: 0o700 });
    const id = newId(this.parts.clock, this.parts.entropy);
    try {
      const file = await this.store(id, source);
      await this.assertHeader(file);
      return file;
    } catch (error) {
      await this.discard(id);
      throw error;
    }
  }

  /** The row of an import that was received; call `begin` after the commit. */
  async accept(tx: Tx, file: ReceivedFile, by: Principal): Promise<void> {
    const { id, sha256, encoding, linesTotal } = file;
    await insert(tx, 'imports', {
      id,
      status: 'running',
      court_code: by.courtCode ?? '',
      lines_total: linesTotal,
      lines_done: 0,
      cases_created: 0,
      refused_count: 0,
      sha256,
      encoding,
      actor_sealed: this.vault.seal(this.vault.systemKey('imports'), 'imports', 'actor_sealed', id, by),
      error: null,
      by_user: by.userId,
      at: this.parts.clock.now(),
      ended_at: null,
    });
    await this.facts.record(tx, {
      type: 'import.accepted',
      subject: `import:${id}`,
      actor: by.userId,
      content: { importId: id, sha256, encoding, lines: linesTotal },
    });
  }

  begin(id: string): void {
    this.queue.push(id);
    this.working ??= this.work();
  }

  /** A file that no import came of: its key was used before, or the commit failed. */
  discard(id: string): Promise<void> {
    return rm(this.placeOf(id).path, { force: true });
  }

  /** Goes on with what a stop or a crash has interrupted, and removes files that no running import has. */
  async resume(): Promise<void> {
    const running = await runningImports(this.parts.database.reader);
    await mkdir(this.folder(), { recursive: true, mode: 0o700 });
    for (const name of await readdir(this.folder())) {
      if (!running.includes(name)) await rm(join(this.folder(), name), { force: true });
    }
    for (const id of running) this.begin(id);
  }

  /** Ends after the batch that is running; the rest waits for the next start. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.working;
  }

  private folder(): string {
    return join(this.parts.dataDir, 'imports');
  }

  private placeOf(id: string): SealedFilePlace {
    return { id, path: join(this.folder(), id) };
  }

  private async store(id: string, source: Readable): Promise<ReceivedFile> {
    const writer = await SealedFileWriter.create(this.placeOf(id), this.vault.cipher, this.vault.systemKey('imports'));
    const hash = createHash('sha256');
    const probe = new EncodingProbe();
    let bytes = 0;
    let lines = 0;
    let endsInLine = false;
    try {
      for await (const piece of source) {
        const chunk = piece as Buffer;
        bytes += chunk.length;
        if (bytes > IMPORT_BYTES_MAX) throw new AppError('too-large', `文件超过${IMPORT_BYTES_MAX}字节`);
        hash.update(chunk);
        probe.take(chunk);
        for (const byte of chunk) if (byte === LINE_FEED) lines += 1;
        endsInLine = chunk.length > 0 ? chunk.at(-1) !== LINE_FEED : endsInLine;
        await writer.write(chunk);
      }
      await writer.finish();
    } catch (error) {
      await writer.abandon();
      throw error;
    }
    const linesTotal = Math.max(0, lines + (endsInLine ? 1 : 0) - 1);
    return { id, sha256: hash.digest('hex'), encoding: probe.verdict(), linesTotal };
  }

  private async assertHeader(file: ReceivedFile): Promise<void> {
    for await (const line of this.linesOf(file.id, file.encoding)) return void readHeader(line);
    readHeader(undefined);
  }

  private linesOf(id: string, encoding: Encoding) {
    return csvLines(readSealedFile(this.placeOf(id), this.vault.cipher, this.vault.systemKey('imports')), encoding);
  }

  private async work(): Promise<void> {
    for (let id = this.queue.shift(); id !== undefined && !this.stopped; id = this.queue.shift()) await this.runOne(id);
    this.working = undefined;
  }

  private async runOne(id: string): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        if (await this.process(id)) await this.end(id, 'completed');
        return;
      } catch (error) {
        this.parts.log.write('warn', 'import-failed', { id, attempt, reason: errorText(error) });
        const isTransient = error instanceof AppError && error.retryable;
        if (isTransient && attempt < ATTEMPTS_MAX && !this.stopped) {
          await this.parts.clock.realSleep(RETRY_MS);
          continue;
        }
        // A store that stays away, or a stop, leaves the import running: the next start goes on with it.
        if (!isTransient) await this.endAsFailed(id, error);
        return;
      }
    }
  }

  /** Says whether the file was read to its end. */
  private async process(id: string): Promise<boolean> {
    const row = await findImport(this.parts.database.reader, id);
    if (row?.status !== 'running') return false;
    const actor = this.vault.open<Principal>(this.vault.systemKey('imports'), 'imports', 'actor_sealed', id, row.actor_sealed);
    const lines = this.linesOf(id, row.encoding);
    const first = await lines.next();
    const groups = groupLines(lines, readHeader(first.done ? undefined : first.value));
    let done = row.lines_done;
    for await (const batch of inBatches(groups, done)) {
      const linesDone = Math.max(done, ...batch.map(dataLine));
      await this.batch.run(batch, { importId: id, actor, linesBefore: done, linesDone });
      done = linesDone;
      if (this.stopped) return false;
    }
    return true;
  }

  private async end(id: string, status: ImportStatus, error?: string): Promise<void> {
    await this.parts.database.run(async (tx) => {
      const row = await findImport(tx, id);
      if (row?.status !== 'running') return;
      await tx.run('UPDATE imports SET status = ?, error = ?, lines_done = ?, lines_total = ?, ended_at = ? WHERE id = ?', [
        status,
        error ?? null,
        ...progressAtEnd(row, status),
        this.parts.clock.now(),
        id,
      ]);
      await this.facts.record(tx, {
        type: 'import.ended',
        subject: `import:${id}`,
        actor: row.by_user,
        content: { importId: id, status, casesCreated: row.cases_created, refused: row.refused_count, error },
      });
    });
    await this.discard(id);
  }

  private async endAsFailed(id: string, error: unknown): Promise<void> {
    const isOurs = error instanceof AppError && error.code === 'invalid';
    const reason = isOurs ? error.message : isGone(error) ? '文件已不在，请重新导入' : '导入中断，请重新导入';
    try {
      await this.end(id, 'failed', reason.slice(0, 200));
    } catch (failure) {
      this.parts.log.write('error', 'import-not-ended', { id, reason: errorText(failure) });
    }
  }
}

/** Batches of the groups that are not done yet. */
async function* inBatches(groups: AsyncIterable<CaseLines>, linesDone: number): AsyncGenerator<readonly CaseLines[]> {
  let batch: CaseLines[] = [];
  let lines = 0;
  for await (const group of groups) {
    // A fault whose line the parser could not tell is written down once more, which changes nothing.
    if (dataLine(group) !== 0 && dataLine(group) <= linesDone) continue;
    batch.push(group);
    lines += Math.max(1, group.lines.length);
    if (batch.length < BATCH_CASES && lines < BATCH_LINES_MAX) continue;
    yield batch;
    batch = [];
    lines = 0;
  }
  if (batch.length > 0) yield batch;
}

/** The number of a group's last line, the header not counted. */
function dataLine(group: CaseLines): number {
  const last = Math.max(group.lines.at(-1)?.line ?? 0, ...group.faults.map(({ line }) => line));
  return Math.max(0, last - 1);
}

/** Blank lines at the end belong to no record; a file that was read to its end is done. */
function progressAtEnd(row: ImportRow, status: ImportStatus): readonly [number, number] {
  const total = Math.max(row.lines_total, row.lines_done);
  return [status === 'completed' ? total : row.lines_done, total];
}

function isGone(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT';
}
