import { AppError } from '#kernel';

/** A package of the bank, or of the court, by its name (docs/dialects/file-zip.md): parts of fixed width, one behind another. */
export interface NamedPackage {
  readonly type: string;
  readonly institution: string;
  readonly batch: string;
  /** Only of what is about one control order. */
  readonly orderNumber?: string;
}

const NAME = /^(CXQQ|KZQQ|CXHZ|KZHZ)([0-9A-Z]{17})(\d{30})(.*)\.zip$/;

/** @throws AppError `invalid` when the court names no package so */
export function readDownName(name: string): NamedPackage {
  const [, type = '', institution = '', batch = '', rest = ''] = NAME.exec(name) ?? [];
  const orderNumber = type === 'KZHZ' ? /^_*([0-9A-Za-z-]{1,30})\d{12}$/.exec(rest)?.[1] : undefined;
  if (type === '' || (type.endsWith('QQ') && rest !== '')) throw new AppError('invalid', 'not the name of a package');
  return { type, institution, batch, ...(orderNumber === undefined ? {} : { orderNumber }) };
}

/** The answer to inquiries of one batch, or to one control order; `copy` counts from 1. */
export function answerName(type: 'CXFK' | 'KZFK', institution: string, batch: string, orderNumber: string, copy: number): string {
  const order = type === 'KZFK' ? orderNumber.padStart(30, '_') : '';
  return `${type}${institution}${batch.padStart(30, '0')}${order}${String(copy).padStart(12, '0')}.zip`;
}

/** The bank's word that it has taken a package. */
export function receiptName({ type, institution, batch }: NamedPackage): string {
  return `${type === 'CXQQ' ? 'CXSL' : 'KZSL'}${institution}${batch}.zip`;
}
