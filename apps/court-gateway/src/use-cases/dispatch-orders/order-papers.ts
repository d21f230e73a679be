import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { DocumentRef } from '#contracts';
import { AppError } from '#kernel';
import { chooseInstruments, requiredInstruments, type Action } from '#orders';
import type { CaseRow } from '../../adapters/store/case-rows.js';
import { credentialImage, type CredentialKind, type Officer } from '../../adapters/store/officer-rows.js';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';
import { Vault } from '../../vault.js';
import { INSTRUMENTS, type InstrumentPort } from '../make-instrument/instrument-port.js';

export interface WantedPapers {
  readonly action: Action;
  readonly banks: readonly string[];
  /** Those that the request names; the newest fitting of the case otherwise. */
  readonly instrumentIds?: readonly string[];
}

/** Cases whose credentials are known to lie in their blobs. */
const REMEMBERED_MAX = 20_000;

/** What must lie in the blob store before a transaction may let an order go: credentials and sealed documents. */
@Injectable()
export class OrderPapers {
  private readonly stored = new LRUCache<string, true>({ max: REMEMBERED_MAX });

  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(INSTRUMENTS) private readonly instruments: InstrumentPort,
  ) {}

  /** Puts the images of an officer's two credentials among the case's blobs, where the bank's connector fetches them (R2). */
  async credentials(caseId: string, officer: Officer | undefined): Promise<void> {
    if (!officer) return;
    await this.image(caseId, officer, 'work', officer.workIdImage);
    await this.image(caseId, officer, 'duty', officer.dutyIdImage);
  }

  private async image(caseId: string, officer: Officer, kind: CredentialKind, digest: string | undefined): Promise<void> {
    const known = `${caseId}/${digest}`;
    if (digest === undefined || this.stored.has(known)) return;
    const bytes = await credentialImage(this.parts.database.reader, this.vault, officer, kind);
    if (!bytes) return;
    await this.parts.blobs.put(caseId, bytes);
    this.stored.set(known, true);
  }

  /** The documents of a request that leaves without an approval: for each bank the newest fitting instruments that carry their seal. */
  async forLeavingAtOnce(row: CaseRow, wanted: WantedPapers): Promise<ReadonlyMap<string, DocumentRef>> {
    const required = requiredInstruments(this.parts.policy, wanted.action, row.kind);
    const records = await this.instruments.ofCase(this.parts.database.reader, row.id);
    const options = { mustBeSealed: true, ...(wanted.instrumentIds ? { named: wanted.instrumentIds } : {}) };
    const chosen = wanted.banks.flatMap((bank) => chooseInstruments(required, records, bank, options).chosen);
    return this.sealed(row.id, [...new Set(chosen.map(({ id }) => id))]);
  }

  /** The sealed documents of instruments that carry their seal already. */
  private async sealed(caseId: string, instrumentIds: readonly string[]): Promise<ReadonlyMap<string, DocumentRef>> {
    if (instrumentIds.length === 0) return new Map();
    const seals = await this.instruments.prepareSeals(caseId, instrumentIds);
    return new Map(seals.map(({ instrumentId, document }) => [instrumentId, document]));
  }
}

/** The document of an instrument that was prepared; another one was chosen in between only when the case's instruments have just changed. */
export function preparedDocument(documents: ReadonlyMap<string, DocumentRef>, instrumentId: string): DocumentRef {
  const document = documents.get(instrumentId);
  if (!document) throw new AppError('unavailable', '案件文书刚刚发生变化，请重试', { retryable: true, level: 'info' });
  return document;
}
