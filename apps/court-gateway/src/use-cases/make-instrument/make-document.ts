import { Inject, Injectable } from '@nestjs/common';
import { legalDateOf, type LegalDate, type Minor } from '#kernel';
import type { InstrumentType } from '#orders';
import type { BlobRef } from '#privacy';
import { sealDocument } from '#trust';
import { loadCase } from '../../adapters/store/case-rows.js';
import { courtNameOf } from '../../adapters/store/court-rows.js';
import { openParty, partiesOf } from '../../adapters/store/party-rows.js';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';
import { Vault } from '../../vault.js';
import { RENDERER, type DocumentContent, type NoticeLine, type Renderer } from './renderer.js';
import { chineseDate, goesToBank, paragraphsOf } from './templates.js';

/** What a document is to be made from, apart from its case. */
export interface DocumentPlan {
  readonly caseId: string;
  readonly type: InstrumentType;
  readonly number: string;
  readonly title: string;
  readonly mark: 'draft' | 'sealed';
  readonly amount?: Minor;
  readonly decidedBy?: string;
  readonly decidedOn?: LegalDate;
  readonly addressee?: string;
  readonly orderNumber?: string;
  /** Left out: all debtors of the case. A notice names only the debtor whom its order concerns. */
  readonly debtor?: { readonly name: string; readonly idNumber: string };
  readonly lines?: readonly NoticeLine[];
}

/** Bytes that lie in the case's blobs, with the record of their seal where they have one. */
export interface MadeDocument extends BlobRef {
  readonly seal?: string;
}

/** Makes documents outside any transaction: renders, signs, and writes the bytes where they are kept. */
@Injectable()
export class MakeDocument {
  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(RENDERER) private readonly renderer: Renderer,
  ) {}

  /** @throws AppError `unavailable` when too many documents wait */
  async fromTemplate(plan: DocumentPlan): Promise<MadeDocument> {
    const { content, courtCode } = await this.contentOf(plan);
    const bytes = await this.renderer.render(content);
    const stored = await this.vault.blobs.put(plan.caseId, bytes);
    return plan.mark === 'draft' ? stored : { ...stored, seal: await this.sealOf(bytes, courtCode) };
  }

  /** An uploaded document: its bytes stay exactly as they came, sealed or not. */
  async fromUpload(caseId: string, courtCode: string, bytes: Buffer, isSealed: boolean): Promise<MadeDocument> {
    const stored = await this.vault.blobs.put(caseId, bytes);
    return isSealed ? { ...stored, seal: await this.sealOf(bytes, courtCode) } : stored;
  }

  /** The seal over bytes that are in the blob store already. */
  async sealStored(caseId: string, courtCode: string, digest: string): Promise<string> {
    return this.sealOf(await this.vault.blobs.get(caseId, digest), courtCode);
  }

  private async sealOf(bytes: Buffer, courtCode: string): Promise<string> {
    return JSON.stringify(await sealDocument(this.parts.courtSigner, courtCode, bytes, this.parts.clock.now()));
  }

  private async contentOf(plan: DocumentPlan): Promise<{ content: DocumentContent; courtCode: string }> {
    const { reader } = this.parts.database;
    const row = await loadCase(reader, plan.caseId);
    const key = await this.vault.keyOf(plan.caseId);
    const parties = (await partiesOf(reader, plan.caseId)).map((party) => openParty(this.vault, key, party));
    const debtors = plan.debtor ? [plan.debtor] : parties.filter(({ role }) => role === 'debtor');
    const applicants = parties.filter(({ role }) => role === 'applicant').map(({ name }) => name);
    const paragraphs = paragraphsOf(plan.type, {
      caseNumber: row.case_number,
      applicants,
      debtors: debtors.map(({ name }) => name),
      ...(plan.amount === undefined ? {} : { amount: plan.amount }),
      currency: row.currency,
    });
    const numbered = plan.orderNumber === undefined ? paragraphs : [...paragraphs, `请求单号：${plan.orderNumber}`];
    const content: DocumentContent = {
      type: plan.type,
      courtName: await courtNameOf(reader, row.court_code),
      caseNumber: row.case_number,
      number: plan.number,
      title: plan.title,
      ...(goesToBank(plan.type) && plan.addressee !== undefined ? { addressee: plan.addressee } : {}),
      debtors: debtors.map(({ name, idNumber }) => ({ name, idNumber })),
      paragraphs: numbered,
      lines: plan.lines ?? [],
      ...(plan.decidedBy === undefined ? {} : { decidedBy: plan.decidedBy }),
      date: chineseDate(plan.decidedOn ?? legalDateOf(this.parts.clock.now())),
      mark: plan.mark,
    };
    return { content, courtCode: row.court_code };
  }
}
