import { Inject, Injectable } from '@nestjs/common';
import { may, type Principal } from '#access';
import { AppError } from '#kernel';
import { placeholders, type Tx } from '#persistence';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';
import { FileCase, type CaseIdentity } from '../file-case/file-case.js';
import { readNewCase, type CaseInput, type NewCase } from '../file-case/new-case.js';
import { caseInputOf, type CaseLines, type LineFault } from './case-lines.js';

/** A case of the file that may be filed, and where it stands there. */
interface ReadyCase {
  readonly line: number;
  readonly newCase: NewCase;
  readonly handlers: readonly string[];
}

export interface ImportContext {
  readonly importId: string;
  readonly actor: Principal;
  /** Lines that were done before this batch, and that are after it; the header is not counted. */
  readonly linesBefore: number;
  readonly linesDone: number;
}

/** Codes of a case that is refused inside the transaction, before anything of it was written. */
const REFUSED_IN_STORE: ReadonlySet<string> = new Set(['already-exists', 'court-account-missing']);
const DETAIL_LENGTH_MAX = 200;

/** Files one batch of cases: their rows, the refusals and the progress commit together, so that a restart repeats nothing. */
@Injectable()
export class ImportBatch {
  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(FileCase) private readonly fileCase: FileCase,
  ) {}

  async run(groups: readonly CaseLines[], context: ImportContext): Promise<void> {
    const refusals: LineFault[] = [];
    const ready: ReadyCase[] = [];
    for (const group of groups) {
      const judged = await this.judge(group, context.actor);
      if ('newCase' in judged) ready.push(judged);
      else refusals.push(...judged.faults);
    }
    const fresh = await this.withoutExisting(ready, refusals);
    const identities = await this.fileCase.identities(fresh.length);
    await this.parts.database.run(async (tx) => {
      const late: LineFault[] = [];
      let created = 0;
      for (const [index, one] of fresh.entries()) {
        const fault = await this.fileOne(tx, identities[index], one, context.actor);
        if (fault) late.push(fault);
        else created += 1;
      }
      await this.keep(tx, context, created, [...refusals, ...late]);
    });
  }

  private async judge(group: CaseLines, actor: Principal): Promise<ReadyCase | { readonly faults: readonly LineFault[] }> {
    const { input, handler, faults } = caseInputOf(group);
    const line = group.lines[0]?.line ?? 0;
    if (!input) return { faults };
    if (may(actor, 'import.line', { courtCode: input.courtCode }).kind !== 'allowed') {
      return { faults: [{ line, code: 'forbidden', detail: 'courtCode：只能导入本院案件' }] };
    }
    try {
      const newCase = readNewCase(input);
      return { line, newCase, handlers: [await this.handlerOf(input, handler, actor)] };
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'invalid') throw error;
      return { faults: faultsOf(error, group) };
    }
  }

  /** The user named in the file, of the case's own court; without a name whoever imports. @throws AppError `invalid` */
  private async handlerOf({ courtCode }: CaseInput, username: string, actor: Principal): Promise<string> {
    if (username === '' && actor.courtCode === courtCode) return actor.userId;
    const user = await this.parts.database.reader.one<{ id: string }>(
      'SELECT id FROM users WHERE username = ? AND court_code = ? AND disabled = 0',
      [username, courtCode],
    );
    if (user) return user.id;
    throw new AppError('invalid', username === '' ? 'handler：须写明承办人' : 'handler：该院没有此用户');
  }

  /** Looks before keys are made: importing a file again would else leave a key for each of its cases. */
  private async withoutExisting(ready: readonly ReadyCase[], refusals: LineFault[]): Promise<readonly ReadyCase[]> {
    if (ready.length === 0) return [];
    const numbers = ready.map(({ newCase }) => newCase.caseNumber);
    const rows = await this.parts.database.reader.all<{ court_code: string; case_number: string }>(
      `SELECT court_code, case_number FROM cases WHERE case_number IN (${placeholders(numbers.length)})`,
      numbers,
    );
    const existing = new Set(rows.map((row) => `${row.court_code}|${row.case_number}`));
    return ready.filter(({ line, newCase }) => {
      const isThere = existing.has(`${newCase.courtCode}|${newCase.caseNumber}`);
      if (isThere) refusals.push({ line, code: 'already-exists', detail: '该法院已有此案号的案件' });
      return !isThere;
    });
  }

  private async fileOne(tx: Tx, identity: CaseIdentity | undefined, one: ReadyCase, actor: Principal): Promise<LineFault | undefined> {
    if (!identity) throw new AppError('invariant-broken', 'a case of the batch has no identity', { level: 'fatal' });
    try {
      await this.fileCase.insert(tx, identity, one.newCase, { userId: actor.userId, handlers: one.handlers });
      return undefined;
    } catch (error) {
      if (!(error instanceof AppError) || !REFUSED_IN_STORE.has(error.code)) throw error;
      return { line: one.line, code: error.code, detail: error.message };
    }
  }

  private async keep(
    tx: Tx,
    { importId, linesBefore, linesDone }: ImportContext,
    created: number,
    refusals: readonly LineFault[],
  ): Promise<void> {
    let refused = 0;
    for (const { line, code, detail } of refusals) {
      const isNew = await tx.insertOnce('import_refusals', { import_id: importId, line, code, detail: detail.slice(0, DETAIL_LENGTH_MAX) });
      if (isNew) refused += 1;
    }
    const changed = await tx.run(
      `UPDATE imports SET lines_done = ?, cases_created = cases_created + ?, refused_count = refused_count + ?
       WHERE id = ? AND status = 'running' AND lines_done = ?`,
      [linesDone, created, refused, importId, linesBefore],
    );
    if (changed === 0) throw new AppError('stale-version', 'the batch was done already, or the import has ended');
  }
}

/** Faults of parties stand on their own lines, all others on the case's first one. */
function faultsOf(error: AppError, { lines }: CaseLines): readonly LineFault[] {
  const first = lines[0]?.line ?? 0;
  if (error.errors.length === 0) return [{ line: first, code: error.code, detail: error.message }];
  return error.errors.map(({ pointer, detail }) => {
    const party = /^\/parties\/(\d+)/.exec(pointer)?.[1];
    const line = party === undefined ? first : (lines[Number(party)]?.line ?? first);
    const column = pointer.split('/').at(-1) ?? '';
    return { line, code: error.code, detail: /^\d*$/.test(column) ? detail : `${column}：${detail}` };
  });
}
