import { courtXml } from '#connector-sdk';
import { sha256Hex } from '#kernel';
import { signDetached } from '#trust';
import { sealOf } from '../dialects/file-zip/package-seal.js';
import { writePackage, type PackageEntry } from '../dialects/file-zip/zip-packages.js';
import type { FakeCourt } from './fake-court.js';
import { DEBTOR } from './sample-bank.js';

const CONTENT = Buffer.from('%PDF-1.7 协助执行通知书', 'utf8');
const { wrapRecords, writeElement, xmlElement } = courtXml;

type Attributes = Readonly<Record<string, string>>;

let count = 0;

function nextNumber(): string {
  count += 1;
  return `2026031042010688${String(count).padStart(8, '0')}`;
}

/** An order of the court as its entries of a package. */
export interface PackedOrder {
  readonly orderNumber: string;
  readonly entries: readonly PackageEntry[];
}

export function packedInquiry(): PackedOrder {
  return packed('cxqq', ['inquiry-notice'], []);
}

export function packedFreeze(account: string, amount: string): PackedOrder {
  const line = {
    CCXH: '1',
    KZLX: '1',
    KZCS: '01',
    KHZH: account,
    KZNR: '1',
    KSRQ: '2026-03-02',
    JSRQ: '2027-03-01',
    BZ: '156',
    JE: amount,
  };
  return packed('kzqq', ['freeze-ruling', 'freeze-notice'], [xmlElement('kzzhlist', {}, [xmlElement('kzzh', line)])]);
}

function packed(record: 'cxqq' | 'kzqq', papers: readonly string[], children: readonly courtXml.XmlElement[]): PackedOrder {
  const BDHM = nextNumber();
  const request: Attributes = {
    BDHM,
    XM: DEBTOR.name,
    ZJLX: DEBTOR.idType,
    DSRZJHM: DEBTOR.idNumber,
    FYMC: '武汉市武昌区人民法院',
    AH: '(2026)鄂0106执1234号',
    GZZBH: '鄂0106-0231',
    GWZBH: '鄂执-10231',
    EX1_DOCUMENTS: papers.map((type) => `${type}:${sha256Hex(CONTENT)}`).join(' '),
  };
  const documents = papers.map((type) =>
    xmlElement('wsinfo', { EX1_TYPE: type, WSNR: CONTENT.toString('base64'), MD5: courtXml.md5Hex(CONTENT) }),
  );
  const entries = [
    { part: 'QA', key: BDHM, bytes: list(`${record}List`, [xmlElement(record, request, children)]) },
    { part: 'QI', key: BDHM, bytes: list('wsinfoList', documents) },
    { part: 'QC', key: BDHM, bytes: list('zjinfoList', [xmlElement('zjinfo', { BDHM })]) },
  ];
  return { orderNumber: BDHM, entries };
}

/** The court's word that it could not load a package of the bank. */
export function packedFailure(batch: string, file: string): readonly PackageEntry[] {
  return [{ part: 'QNR', key: batch, bytes: list('sbxxList', [xmlElement('sbxx', { WJM: file, SBYY: 'x' })]) }];
}

/** A package with its seal, as the court puts both down. */
export async function sealedPackage(
  court: FakeCourt,
  entries: readonly PackageEntry[],
): Promise<{ readonly bytes: Buffer; readonly seal: string }> {
  const bytes = await writePackage(entries, 0);
  const signature = await signDetached(court.signer, bytes);
  return { bytes, seal: sealOf(bytes, `${court.signer.keyId};ed25519;${signature.slice('ed25519:'.length)}`) };
}

function list(name: string, records: readonly courtXml.XmlElement[]): Buffer {
  return wrapRecords(
    name,
    records.map((record) => Buffer.from(writeElement(record, 'plain'), 'utf8')),
  );
}
