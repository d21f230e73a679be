import { courtXml, type KeyedBytes } from '#connector-sdk';
import { AppError } from '#kernel';
import { documentsOf } from './documents.js';
import { entryName, failureNameOf, readPackageName } from './names.js';
import { CODING } from './write-order.js';
import type { ZipEntry } from './zip/read-zip.js';
import { writeZip } from './zip/write-zip.js';

const { writeDocument, xmlElement } = courtXml;

/** The documents of some orders side by side, each an entry of its own: the same orders give the same package. */
export function writeOrders(orders: readonly KeyedBytes[]): Promise<Buffer> {
  return writeZip(orders.flatMap(({ orderNumber, bytes }) => entriesOf(orderNumber, bytes)));
}

function entriesOf(key: string, bytes: Buffer): readonly ZipEntry[] {
  return documentsOf(bytes).map(({ part, bytes: document }) => ({ name: entryName({ part, key }), bytes: document }));
}

/** The note that an answer could not be loaded; undefined for a name that answers do not have, about which nobody could be told. */
export async function writeFailure(file: string, reason: string): Promise<{ readonly name: string; readonly bytes: Buffer } | undefined> {
  const about = readPackageName(file);
  if (about?.type !== 'CXFK' && about?.type !== 'KZFK') return undefined;
  const name = failureNameOf(file);
  if (readPackageName(name) === undefined) throw new AppError('invariant-broken', `no name for a failure of ${file}`, { level: 'error' });
  const record = xmlElement('sbxx', { WJM: file, SBYY: reason.slice(0, REASON_CHARS_MAX).replace(UNWRITABLE, '?') });
  const document = writeDocument(xmlElement('sbxxList', {}, [record]), CODING);
  return { name, bytes: await writeZip([{ name: entryName({ part: 'QNR', key: about.batch }), bytes: document }]) };
}

const REASON_CHARS_MAX = 200;
/** A reason may quote what came from outside, of which not everything has a place in XML. */
const UNWRITABLE = /[\p{Control}\p{Surrogate}\ufffd\ufffe\uffff]/gu;
