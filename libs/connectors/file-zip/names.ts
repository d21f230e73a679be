/** Names of packages and of the entries in them, as docs/dialects/file-zip.md lists them. Fixed widths, so that a name reads one way only. */

/** Down: inquiries, control orders, and what could not be loaded of either. */
export type DownType = 'CXQQ' | 'KZQQ' | 'CXHZ' | 'KZHZ';
/** Up: answers to either, and the bank's word that it has taken a package. */
export type UpType = 'CXFK' | 'KZFK' | 'CXSL' | 'KZSL';
export type PackageType = DownType | UpType;

export interface PackageName {
  readonly type: PackageType;
  /** 17 characters: the legal-person bank. */
  readonly institution: string;
  /** 30 digits. */
  readonly batch: string;
  /** Answers to control orders, and what is said about those: the one order. */
  readonly orderNumber?: string;
  /** Which copy of an answer, from 1. */
  readonly copy?: number;
}

export const INSTITUTION = /^[0-9A-Z]{17}$/;
const BATCH_WIDTH = 30;
const NUMBER_WIDTH = 30;
const COPY_WIDTH = 12;
/** Cannot stand in an order number, so that padding never makes two numbers one. */
const NUMBER_PAD = '_';
const SUFFIX = '.zip';

const FORM = /^([A-Z]{4})([0-9A-Z]{17})([0-9]{30})(?:(_*)([0-9A-Za-z-]{1,30}))?([0-9]{12})?\.zip$/;

/** Which parts stand behind the batch number. */
const TAILS = {
  CXQQ: { order: false, copy: false },
  KZQQ: { order: false, copy: false },
  CXSL: { order: false, copy: false },
  KZSL: { order: false, copy: false },
  CXFK: { order: false, copy: true },
  CXHZ: { order: false, copy: true },
  KZFK: { order: true, copy: true },
  KZHZ: { order: true, copy: true },
} as const satisfies Readonly<Record<PackageType, { readonly order: boolean; readonly copy: boolean }>>;

export function packageName({ type, institution, batch, orderNumber = '', copy = 0 }: PackageName): string {
  const tail = TAILS[type];
  const parts = [
    type,
    institution,
    batch.padStart(BATCH_WIDTH, '0'),
    tail.order ? orderNumber.padStart(NUMBER_WIDTH, NUMBER_PAD) : '',
    tail.copy ? String(copy).padStart(COPY_WIDTH, '0') : '',
  ];
  return parts.join('') + SUFFIX;
}

const HEAD_WIDTH = 4 + 17 + BATCH_WIDTH;

/** Undefined for every name that `packageName` does not write. */
export function readPackageName(name: string): PackageName | undefined {
  if (!FORM.test(name)) return undefined;
  const type = name.slice(0, 4);
  if (!isPackageType(type)) return undefined;
  const tail = TAILS[type];
  const rest = name.slice(HEAD_WIDTH, -SUFFIX.length);
  const orderField = tail.order ? rest.slice(0, NUMBER_WIDTH) : '';
  const copyField = tail.copy ? rest.slice(orderField.length) : '';
  const orderNumber = orderField.replace(/^_+/, '');
  const parsed: PackageName = {
    type,
    institution: name.slice(4, 21),
    batch: name.slice(21, HEAD_WIDTH),
    ...(tail.order ? { orderNumber } : {}),
    ...(tail.copy ? { copy: Number(copyField) } : {}),
  };
  return packageName(parsed) === name && (!tail.order || ORDER_NUMBER.test(orderNumber)) ? parsed : undefined;
}

function isPackageType(text: string): text is PackageType {
  return Object.hasOwn(TAILS, text);
}

/** What the court could not load is named like it: only the type differs. */
export function failureNameOf(upName: string): string {
  return (upName.startsWith('K') ? 'KZHZ' : 'CXHZ') + upName.slice(4);
}

/** Kinds of entries: request, legal documents, credentials, result, receipts, rollback, failure, taken. */
export const PARTS = ['QA', 'QI', 'QC', 'QR', 'QRI', 'QNA', 'QNR', 'QSL'] as const;
export type Part = (typeof PARTS)[number];

export interface EntryName {
  readonly part: Part;
  /** The order, or the batch where the entry is about a whole package. */
  readonly key: string;
}

export const ORDER_NUMBER = /^[0-9A-Za-z-]{1,30}$/;
/** An order number may begin with letters, so the part ends with a mark that it cannot hold. */
const ENTRY = /^(QA|QI|QC|QR|QRI|QNA|QNR|QSL)_([0-9A-Za-z-]{1,30})\.xml$/;

export function entryName({ part, key }: EntryName): string {
  return `${part}_${key}.xml`;
}

export function readEntryName(name: string): EntryName | undefined {
  const [, part, key] = ENTRY.exec(name) ?? [];
  const known = PARTS.find((one) => one === part);
  return known === undefined || key === undefined ? undefined : { part: known, key };
}
