import { courtXml } from '#connector-sdk';

/** A document as the bank fetched it. */
export interface FetchedDocument {
  readonly type: string;
  readonly content: Buffer;
}

const LIST_BYTES_MAX = 64 * 1024 * 1024;

/** Our types of document by their class (WSLB), where the record does not name the type itself. */
const TYPES: Readonly<Record<string, string>> = {
  协助查询存款通知书: 'inquiry-notice',
  冻结裁定书: 'freeze-ruling',
  协助冻结存款通知书: 'freeze-notice',
  解除冻结裁定书: 'release-ruling',
  协助解除冻结存款通知书: 'release-notice',
  扣划裁定书: 'deduct-ruling',
  协助扣划存款通知书: 'deduct-notice',
  财产保全申请书: 'preservation-application',
};

/** Reads a `wsinfoList`. A document whose MD5 does not fit has come damaged and counts as missing. @throws courtXml.NotReadable */
export function readCourtDocuments(bytes: Uint8Array, coding: courtXml.AttributeCoding): readonly FetchedDocument[] {
  const { children } = courtXml.decodeElement(courtXml.readXml(bytes, { ...courtXml.XML_LIMITS, bytes: LIST_BYTES_MAX }), coding);
  return children.flatMap((record) => {
    const content = courtXml.bytesOfBase64(courtXml.valueOf(record, 'WSNR') ?? '');
    const type = courtXml.valueOf(record, 'EX1_TYPE') ?? TYPES[courtXml.valueOf(record, 'WSLB') ?? ''] ?? '';
    return courtXml.md5Hex(content) === courtXml.valueOf(record, 'MD5') ? [{ type, content }] : [];
  });
}
