import { createHash } from 'node:crypto';
import { AppError } from '#kernel';
import type { OrderDispatched } from '#contracts';
import type { PulledDocument } from '../ports.js';
import { scanTypeOf } from '../scan-type.js';
import type { AttributeCoding } from './attribute-coding.js';
import { DOCUMENT_CLASSES } from './codes.js';
import { xmlElement } from './xml-element.js';
import { writeDocument } from './xml-writer.js';

type Keyed = Pick<OrderDispatched, 'orderNumber' | 'action'>;

const DOCUMENT_KEY_PREFIX = 'WS';

/** 文书编号 WSBH, under which the documents of an inquiry are asked for; those of a control order are asked for under its BDHM. */
export function documentKey({ orderNumber }: Pick<Keyed, 'orderNumber'>): string {
  return `${DOCUMENT_KEY_PREFIX}${orderNumber}`;
}

/** The order that a WSBH belongs to; undefined when it is none of ours. */
export function orderOfDocumentKey(key: string): string | undefined {
  return key.startsWith(DOCUMENT_KEY_PREFIX) ? key.slice(DOCUMENT_KEY_PREFIX.length) : undefined;
}

/** `wsinfoList`: the documents with their bytes. MD5 is what the interface asks for; SHA-256 and seal are what holds. */
export function writeCourtDocuments(order: Keyed, documents: readonly PulledDocument[], coding: AttributeCoding): Buffer {
  const key = order.action === 'inquire' ? { WSBH: documentKey(order) } : { BDHM: order.orderNumber };
  const records = documents.map(({ type, number, title, sha256, seal, content }, i) =>
    xmlElement('wsinfo', {
      ...key,
      XH: String(i + 1),
      WJMC: `${title}.pdf`,
      WJLX: 'pdf',
      WSLB: classOf(type),
      WSNR: content.toString('base64'),
      MD5: md5Hex(content),
      EX1_TYPE: type,
      EX1_NUMBER: number,
      EX1_SHA256: sha256,
      EX1_SEAL: seal,
    }),
  );
  return writeDocument(xmlElement('wsinfoList', {}, records), coding);
}

/**
 * `zjinfoList`: the officer's two credentials.
 * @param images bytes of the scans by digest; a credential whose scan is not in it travels with its number alone
 */
export function writeCourtCredentials(
  { orderNumber, officer }: Pick<OrderDispatched, 'orderNumber' | 'officer'>,
  images: ReadonlyMap<string, Buffer>,
  coding: AttributeCoding,
): Buffer {
  const of = (kind: 'work' | 'duty') => officer.credentials.find((one) => one.kind === kind);
  const [work, duty] = [of('work'), of('duty')];
  const scan = (digest: string | undefined) => (digest === undefined ? undefined : images.get(digest));
  const [workScan, dutyScan] = [scan(work?.imageDigest), scan(duty?.imageDigest)];
  const record = xmlElement('zjinfo', {
    BDHM: orderNumber,
    XH: '1',
    ZJMC: officer.name,
    GZZBM: work?.number,
    GZZWJGS: workScan && formatOf(workScan),
    GZZ: workScan?.toString('base64'),
    GWZBM: duty?.number,
    GWZWJGS: dutyScan && formatOf(dutyScan),
    GWZ: dutyScan?.toString('base64'),
  });
  return writeDocument(xmlElement('zjinfoList', {}, [record]), coding);
}

/** By the scan's own bytes; the register takes no other kinds. */
function formatOf(scan: Buffer): 'png' | 'jpg' {
  return scanTypeOf(scan) === 'image/png' ? 'png' : 'jpg';
}

/** A checksum of the interface, not a protection. */
export function md5Hex(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('hex');
}

function classOf(type: string): string {
  const known: Readonly<Record<string, string>> = DOCUMENT_CLASSES;
  const found = Object.hasOwn(known, type) ? known[type] : undefined;
  if (found === undefined) throw new AppError('unsupported-by-dialect', `文书 ${type} 没有对应的类别`);
  return found;
}
