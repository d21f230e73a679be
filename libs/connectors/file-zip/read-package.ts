import { AppError, errorText } from '#kernel';
import { documentsOf } from './documents.js';
import { ANSWERS_MAX } from './limits.js';
import { packageName, readEntryName, readPackageName, type EntryName, type PackageName, type Part, type UpType } from './names.js';
import { receivedAtOf } from './receipt.js';
import { readZip, type ZipEntry } from './zip/read-zip.js';
import type { KeyedBytes, UpFileReading } from '#connector-sdk';

/** Which entries an up package may hold. */
const PARTS_OF: Readonly<Record<UpType, readonly Part[]>> = {
  CXFK: ['QR', 'QNA'],
  KZFK: ['QR', 'QRI', 'QNA'],
  CXSL: ['QSL'],
  KZSL: ['QSL'],
};

export interface ReceivedPackage {
  readonly name: string;
  readonly bytes: Buffer;
  /** Why its bytes are not to be trusted: then it is not opened at all. */
  readonly fault?: string;
}

/** Reads an up package of the bank with this institution code; what cannot be read names, where the name tells it, its order and copy. */
export async function readPackage(file: ReceivedPackage, institution: string | undefined): Promise<UpFileReading> {
  const name = readPackageName(file.name);
  if (!name || !isUp(name) || name.institution !== institution) return { kind: 'unreadable', reason: 'a name that is not known here' };
  try {
    if (file.fault !== undefined) throw new AppError('invalid', file.fault);
    return await contentOf(name, file.bytes);
  } catch (error) {
    const { orderNumber, copy } = name;
    const about = { ...(orderNumber === undefined ? {} : { orderNumber }), ...(copy === undefined ? {} : { copy }) };
    return { kind: 'unreadable', reason: errorText(error), ...about, ...(name.type === 'CXFK' ? { answersTo: askedIn(name) } : {}) };
  }
}

type UpName = PackageName & { readonly type: UpType };

function isUp(name: PackageName): name is UpName {
  return Object.hasOwn(PARTS_OF, name.type);
}

async function contentOf(name: UpName, bytes: Buffer): Promise<UpFileReading> {
  const parts = PARTS_OF[name.type];
  const entries = await readZip(bytes, (entry) => parts.some((part) => part === readEntryName(entry)?.part));
  const documents = entries.map(documentOf);
  if (name.type === 'CXSL' || name.type === 'KZSL') return receiptOf(name, documents);
  const answers = answersOf(documents);
  if (answers.length === 0 || answers.length > ANSWERS_MAX) throw new AppError('invalid', `not 1 to ${ANSWERS_MAX} answers`);
  if (name.orderNumber !== undefined && (answers.length > 1 || answers[0]?.orderNumber !== name.orderNumber)) {
    throw new AppError('invalid', 'the package holds something else than the answer to its order');
  }
  return { kind: 'answers', answers };
}

interface KeyedDocument extends EntryName {
  readonly bytes: Buffer;
}

/** An entry is one document, and of the kind that its name says. */
function documentOf({ name, bytes }: ZipEntry): KeyedDocument {
  const entry = readEntryName(name);
  const [document, ...more] = documentsOf(bytes);
  if (!entry || !document || more.length > 0 || document.part !== entry.part) {
    throw new AppError('invalid', `the entry ${name} holds something else than its name says`);
  }
  return { ...entry, bytes };
}

/** What was said of one order, put together in the order of the parts, so that the order of entries changes nothing. */
function answersOf(documents: readonly KeyedDocument[]): readonly KeyedBytes[] {
  const byOrder = new Map<string, KeyedDocument[]>();
  for (const document of documents) byOrder.set(document.key, [...(byOrder.get(document.key) ?? []), document]);
  return [...byOrder].map(([orderNumber, own]) => {
    const sorted = [...own].sort((a, b) => (a.part < b.part ? -1 : 1));
    return { orderNumber, bytes: Buffer.concat(sorted.map(({ bytes }) => bytes)) };
  });
}

function receiptOf({ type, institution, batch }: UpName, documents: readonly KeyedDocument[]): UpFileReading {
  const [document, ...more] = documents;
  if (!document || more.length > 0 || document.key !== batch) throw new AppError('invalid', 'not one receipt for one package');
  return { kind: 'receipt', file: askedIn({ type, institution, batch }), ...receivedAtOf(document.bytes) };
}

/** The package of ours that an up package is about. */
function askedIn({ type, institution, batch }: Pick<UpName, 'type' | 'institution' | 'batch'>): string {
  return packageName({ type: type.startsWith('CX') ? 'CXQQ' : 'KZQQ', institution, batch });
}
