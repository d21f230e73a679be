import { Inject, Injectable } from '@nestjs/common';
import { assertMay, type Principal } from '#access';
import { AppError } from '#kernel';
import { FactRecorder } from '#messaging';
import { compareAndSetOrStale, type Tx } from '#persistence';
import type { DataKey } from '#privacy';
import { findCase, notFound, pathId, type CaseRow } from '../../adapters/store/case-rows.js';
import { findInstrument, type InstrumentRow } from '../../adapters/store/instrument-rows.js';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';
import { Vault } from '../../vault.js';
import { CaseReadings } from '../tell-conduct/case-readings.js';

export interface InstrumentOfCase {
  readonly row: InstrumentRow;
  readonly ofCase: CaseRow;
}

type InstrumentAction = 'instrument.read' | 'instrument.content.read' | 'instrument.void';

/** Reads instruments, which leaves a fact when the bytes are shown, and voids what has not travelled yet. */
@Injectable()
export class ReadInstrument {
  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(FactRecorder) private readonly facts: FactRecorder,
    @Inject(CaseReadings) private readonly readings: CaseReadings,
  ) {}

  /** @throws AppError `not-found` */
  async find(id: string, by: Principal, action: InstrumentAction): Promise<InstrumentOfCase> {
    const { reader } = this.parts.database;
    const row = await findInstrument(reader, pathId(id));
    const ofCase = row && (await findCase(reader, row.case_id));
    if (!row || !ofCase) throw notFound();
    assertMay(by, action, { courtCode: ofCase.court_code });
    return { row, ofCase };
  }

  /** The PDF. It names people in clear, so the fact of the reading is durable before the bytes are shown (I12). */
  async content(id: string, by: Principal): Promise<{ readonly bytes: Buffer; readonly row: InstrumentRow }> {
    const { row, ofCase } = await this.find(id, by, 'instrument.content.read');
    const bytes = await this.vault.blobs.get(row.case_id, row.sha256);
    const caseKey = await this.vault.keyOf(row.case_id);
    await this.readings.tell(this.fact('instrument.read', { row, ofCase }, caseKey, by), by);
    return { bytes, row };
  }

  /** @throws AppError `wrong-state` for what was used or is void already */
  async void(tx: Tx, id: string, caseKey: DataKey, reason: string, by: Principal): Promise<void> {
    const row = await findInstrument(tx, id);
    const ofCase = row && (await findCase(tx, row.case_id));
    if (!row || !ofCase) throw notFound();
    if (row.state === 'used' || row.state === 'void') {
      throw new AppError('wrong-state', row.state === 'used' ? '文书已随请求发出，不得作废' : '文书已作废');
    }
    await compareAndSetOrStale(
      tx,
      'instruments',
      { state: 'void', version: row.version + 1 },
      { id, version: row.version, state: row.state },
    );
    await this.facts.record(tx, this.fact('instrument.voided', { row, ofCase }, caseKey, by, reason));
  }

  private fact(type: string, { row, ofCase }: InstrumentOfCase, caseKey: DataKey, by: Principal, reason?: string) {
    return {
      type,
      subject: `case:${ofCase.id}`,
      actor: by.userId,
      caseNumber: ofCase.case_number,
      caseId: ofCase.id,
      caseKey,
      content: { instrumentId: row.id, type: row.type, state: row.state, sha256: row.sha256, reason },
    };
  }
}
