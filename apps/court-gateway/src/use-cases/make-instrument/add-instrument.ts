import { Inject, Injectable } from '@nestjs/common';
import type { Principal } from '#access';
import { formatAmount, newId, type LegalDate, type Minor } from '#kernel';
import { FactRecorder } from '#messaging';
import type { InstrumentType } from '#orders';
import { insert, type Tx } from '#persistence';
import type { DataKey } from '#privacy';
import type { CaseRow } from '../../adapters/store/case-rows.js';
import { sealTexts } from '../../adapters/store/instrument-rows.js';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';
import { Vault } from '../../vault.js';
import { MakeDocument, type MadeDocument } from './make-document.js';
import { titleOf } from './templates.js';

export interface NewInstrument {
  readonly type: InstrumentType;
  readonly number: string;
  readonly title?: string;
  readonly amount?: Minor;
  readonly decidedBy?: string;
  readonly decidedOn?: LegalDate;
  readonly bank?: string;
  /** Bytes of an uploaded PDF; left out, the document is made from its template. */
  readonly content?: Buffer;
}

/** A document that is made and stored, waiting for its row. */
export interface PreparedInstrument {
  readonly id: string;
  readonly isSealed: boolean;
  readonly made: MadeDocument;
}

/** Puts an instrument into a case. An inquiry notice is sealed at once; all others are drafts until an approval seals them (R4). */
@Injectable()
export class AddInstrument {
  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(MakeDocument) private readonly make: MakeDocument,
    @Inject(FactRecorder) private readonly facts: FactRecorder,
  ) {}

  /** Outside the transaction. @throws AppError `unavailable` when too many documents wait */
  async prepare(row: CaseRow, input: NewInstrument): Promise<PreparedInstrument> {
    const { type, number, amount, decidedBy, decidedOn, bank, content } = input;
    const isSealed = type === 'inquiry-notice';
    const addressee = bank === undefined ? undefined : this.parts.banks.find(bank)?.name;
    const made = content
      ? await this.make.fromUpload(row.id, row.court_code, content, isSealed)
      : await this.make.fromTemplate({
          caseId: row.id,
          type,
          number,
          title: input.title ?? titleOf(type),
          mark: isSealed ? 'sealed' : 'draft',
          ...(amount === undefined ? {} : { amount }),
          ...(decidedBy === undefined ? {} : { decidedBy }),
          ...(decidedOn === undefined ? {} : { decidedOn }),
          ...(addressee === undefined ? {} : { addressee }),
        });
    return { id: newId(this.parts.clock, this.parts.entropy), isSealed, made };
  }

  async insert(tx: Tx, row: CaseRow, key: DataKey, input: NewInstrument, prepared: PreparedInstrument, by: Principal): Promise<void> {
    const { id, isSealed, made } = prepared;
    const { type, number, amount, decidedBy, decidedOn, bank, content } = input;
    const texts = { number, title: input.title ?? titleOf(type), ...(decidedBy === undefined ? {} : { decidedBy }) };
    const at = this.parts.clock.now();
    await insert(tx, 'instruments', {
      id,
      case_id: row.id,
      type,
      state: isSealed ? 'sealed' : 'draft',
      sealed: sealTexts(this.vault, key, id, texts),
      bank: bank ?? null,
      amount: amount ?? null,
      decided_on: decidedOn ?? null,
      uploaded: content ? 1 : 0,
      sha256: made.digest,
      size: made.size,
      seal: made.seal ?? null,
      created_by: by.userId,
      created_at: at,
      sealed_at: isSealed ? at : null,
      used_at: null,
      version: 1,
    });
    await this.facts.record(tx, {
      type: 'instrument.added',
      subject: `case:${row.id}`,
      actor: by.userId,
      caseNumber: row.case_number,
      caseId: row.id,
      caseKey: key,
      content: {
        instrumentId: id,
        type,
        number,
        bank,
        amount: amount === undefined ? undefined : formatAmount(amount, row.currency),
        uploaded: content !== undefined,
        sealed: isSealed,
        sha256: made.digest,
        size: made.size,
      },
    });
  }
}
