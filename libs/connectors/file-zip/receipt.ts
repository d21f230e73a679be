import { courtXml } from '#connector-sdk';
import { CODING } from './write-order.js';

const { decodeElement, NotReadable, readXml, timeOf } = courtXml;

/** When the bank took the package, to the millisecond where it says so (R10). @throws NotReadable */
export function receivedAtOf(document: Buffer): { readonly receivedAt?: string } {
  const [record, ...more] = decodeElement(readXml(document), CODING).children;
  if (!record || more.length > 0 || record.name !== 'slxx') throw new NotReadable('not one receipt');
  const receivedAt = timeOf(record, 'SLSJ');
  return receivedAt === undefined ? {} : { receivedAt };
}
