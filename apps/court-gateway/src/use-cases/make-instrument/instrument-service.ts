import { Inject, Injectable } from '@nestjs/common';
import type { DocumentRef } from '#contracts';
import { AppError, invariant } from '#kernel';
import { FactRecorder } from '#messaging';
import { compareAndSet, placeholders, type Reader, type Tx } from '#persistence';
import type { DataKey } from '#privacy';
import { loadCase, notFound, type CaseRow } from '../../adapters/store/case-rows.js';
import {
  documentRefOf,
  findInstrument,
  instrumentRows,
  instrumentsByIds,
  openTexts,
  recordOf,
  type InstrumentRow,
} from '../../adapters/store/instrument-rows.js';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';
import { Vault } from '../../vault.js';
import type { InstrumentPort, InstrumentRecord, OrderNotice, PreparedSeal } from './instrument-port.js';
import { MakeDocument } from './make-document.js';

/** The register of instruments as requests use it: what there is, what an approval seals, what an order carries. */
@Injectable()
export class InstrumentService implements InstrumentPort {
  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(MakeDocument) private readonly make: MakeDocument,
    @Inject(FactRecorder) private readonly facts: FactRecorder,
  ) {}

  async ofCase(reader: Reader, caseId: string): Promise<readonly InstrumentRecord[]> {
    return (await instrumentRows(reader, caseId)).filter(({ state }) => state !== 'void').map(recordOf);
  }

  async prepareSeals(caseId: string, instrumentIds: readonly string[]): Promise<readonly PreparedSeal[]> {
    const { reader } = this.parts.database;
    const rows = await instrumentsByIds(reader, caseId, instrumentIds);
    const key = await this.vault.keyOf(caseId);
    const seals: PreparedSeal[] = [];
    for (const row of rows) seals.push(await this.prepareSeal(row, key));
    return seals;
  }

  async seal(tx: Tx, caseKey: DataKey, seals: readonly PreparedSeal[], actor: string): Promise<void> {
    for (const prepared of seals) await this.sealOne(tx, caseKey, prepared, actor);
  }

  async renderOrderNotice(notice: OrderNotice): Promise<DocumentRef> {
    const row = await findInstrument(this.parts.database.reader, notice.instrumentId);
    if (!row || row.case_id !== notice.caseId) throw notFound();
    const key = await this.vault.keyOf(notice.caseId);
    const texts = openTexts(this.vault, key, row);
    if (row.uploaded === 1) {
      const [prepared] = await this.prepareSeals(notice.caseId, [row.id]);
      invariant(prepared, 'the instrument that was found can be sealed');
      return prepared.document;
    }
    const made = await this.make.fromTemplate({
      caseId: notice.caseId,
      type: row.type,
      ...texts,
      mark: 'sealed',
      ...(row.decided_on === null ? {} : { decidedOn: row.decided_on }),
      addressee: notice.bankName,
      ...(notice.orderNumber === undefined ? {} : { orderNumber: notice.orderNumber }),
      debtor: notice.debtor,
      lines: notice.lines,
    });
    invariant(made.seal !== undefined, 'a notice is sealed');
    const { number, title } = texts;
    return {
      instrumentId: row.id,
      type: row.type,
      number,
      title,
      digest: made.digest,
      sha256: made.digest,
      size: made.size,
      seal: made.seal,
    };
  }

  async markUsed(tx: Tx, instrumentIds: readonly string[]): Promise<void> {
    if (instrumentIds.length === 0) return;
    await tx.run(
      `UPDATE instruments SET state = 'used', used_at = ?, version = version + 1 WHERE state = 'sealed' AND id IN (${placeholders(instrumentIds.length)})`,
      [this.parts.clock.now(), ...instrumentIds],
    );
  }

  /** A draft from a template is rendered again with the seal's image; uploaded bytes stay as they are and only get the record. */
  private async prepareSeal(row: InstrumentRow, key: DataKey): Promise<PreparedSeal> {
    if (row.state === 'void') throw new AppError('instrument-missing', '法律文书已作废', { extra: { instrumentId: row.id } });
    const texts = openTexts(this.vault, key, row);
    if (row.seal !== null) return { instrumentId: row.id, version: row.version, document: documentRefOf(row, texts) };
    const { courtCode } = await this.courtOf(row.case_id);
    const made =
      row.uploaded === 1
        ? { digest: row.sha256, size: row.size, seal: await this.make.sealStored(row.case_id, courtCode, row.sha256) }
        : await this.make.fromTemplate({
            caseId: row.case_id,
            type: row.type,
            ...texts,
            mark: 'sealed',
            ...(row.amount === null ? {} : { amount: BigInt(row.amount) }),
            ...(row.decided_on === null ? {} : { decidedOn: row.decided_on }),
          });
    const sealedRow: InstrumentRow = { ...row, sha256: made.digest, size: made.size, seal: made.seal ?? null };
    return { instrumentId: row.id, version: row.version, document: documentRefOf(sealedRow, texts) };
  }

  private async sealOne(tx: Tx, caseKey: DataKey, { instrumentId, version, document }: PreparedSeal, actor: string): Promise<void> {
    const { sha256, size, seal } = document;
    const columns = { state: 'sealed', sha256, size, seal, sealed_at: this.parts.clock.now(), version: version + 1 };
    const isNew = await compareAndSet(tx, 'instruments', columns, { id: instrumentId, version, state: 'draft' });
    const row = await findInstrument(tx, instrumentId);
    if (!row) throw notFound();
    if (!isNew) {
      // Another approval may have sealed the same draft meanwhile; then its bytes stand, and ours would be others.
      if (row.seal === seal) return;
      throw new AppError('stale-version', '法律文书已被他人变更，请重新操作', { retryable: true, extra: { instrumentId } });
    }
    const ofCase = await loadCase(tx, row.case_id);
    await this.facts.record(tx, {
      type: 'instrument.sealed',
      subject: `case:${row.case_id}`,
      actor,
      caseNumber: ofCase.case_number,
      caseId: row.case_id,
      caseKey,
      content: { instrumentId, type: row.type, sha256, size },
    });
  }

  private async courtOf(caseId: string): Promise<{ courtCode: string }> {
    const row: CaseRow = await loadCase(this.parts.database.reader, caseId);
    return { courtCode: row.court_code };
  }
}
