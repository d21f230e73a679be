import type { Principal } from '#access';
import type { DocumentRef } from '#contracts';
import { courtXml, scanTypeOf } from '#connector-sdk';
import { instantText, sha256Hex, type Instant } from '#kernel';
import { verifySeal, type SealFault, type VerifierPort } from '#trust';
import type { Desks, DeskOrder } from '../read-desk/desks.js';
import { recordReading } from '../read-desk/read-desk.js';
import { printPage, type PrintedCredential, type PrintedDocument } from './print-page.js';

const FAULTS: Readonly<Record<SealFault, string>> = {
  'seal-malformed': '不通过：签章记录无法识别',
  'document-differs': '不通过：文书与签章时不一致',
  'key-unknown': '不通过：签章密钥不是本院所用',
  'key-not-valid': '不通过：签章密钥不在有效期内',
  'signature-malformed': '不通过：签名格式有误',
  'signature-wrong': '不通过：签名不符',
};

/** What a clerk takes to the counter when an order is worked there (R33): the order, its documents' seals as verified now, and the officer's credentials. */
export class PrintAtDesk {
  constructor(
    private readonly desks: Desks,
    /** The court's own key; undefined where this process does not know it, and then no seal is said to hold. */
    private readonly courtKey: VerifierPort | undefined,
  ) {}

  /** @returns a page in HTML @throws AppError `not-found`, `forbidden`, and what the blob store throws */
  async page(principal: Principal, orderNumber: string): Promise<string> {
    const found = await this.desks.order(principal, 'desk.documents.read', orderNumber);
    const { desk, known, seen } = found;
    const documents = await Promise.all(known.order.documents.map((document) => this.document(found, document)));
    const credentials = await Promise.all(known.order.officer.credentials.map((one) => credential(found, one)));
    await recordReading(found, principal, 'print');
    const { profile, clock } = desk.context;
    return printPage({
      order: known.order,
      bankName: profile.legalPersons.find(({ code }) => code === known.order.legalPerson)?.name ?? profile.name,
      documents,
      credentials,
      receivedAt: localTime(seen.received_at),
      dueAt: localTime(seen.due_at),
      printedAt: localTime(clock.now()),
      printedBy: principal.username,
    });
  }

  private async document({ desk, known }: DeskOrder, { title, number, sha256, seal, digest }: DocumentRef): Promise<PrintedDocument> {
    const bytes = await desk.documents.get(known.row.case_id, digest);
    const verdict = await verifySeal(recordOf(seal), bytes, (sealer, keyId) =>
      sealer === known.order.case.courtCode && keyId === this.courtKey?.keyId ? this.courtKey : undefined,
    );
    const isSame = sha256Hex(bytes) === sha256;
    const words = verdict.valid ? (isSame ? '通过' : FAULTS['document-differs']) : FAULTS[verdict.fault];
    const sealer = verdict.valid ? verdict.seal.sealer : '';
    const sealedAt = verdict.valid ? courtXml.courtTime(verdict.seal.sealedAt) : '';
    return { title, number, sha256, sealer, sealedAt, isValid: verdict.valid && isSame, verdict: words };
  }
}

/** As clocks at the counter show it. */
const localTime = (at: Instant): string => courtXml.courtTime(instantText(at));

function recordOf(seal: string): unknown {
  try {
    return JSON.parse(seal);
  } catch {
    // What is no JSON is no record of a seal, which is the verdict.
    return undefined;
  }
}

async function credential(
  { desk, known }: DeskOrder,
  { kind, number, imageDigest }: DeskOrder['known']['order']['officer']['credentials'][number],
): Promise<PrintedCredential> {
  if (imageDigest === undefined) return { kind, number };
  const bytes = await desk.documents.get(known.row.case_id, imageDigest);
  // What is no scan is not shown.
  const type = scanTypeOf(bytes);
  return { kind, number, ...(type === undefined ? {} : { image: `data:${type};base64,${bytes.toString('base64')}` }) };
}
