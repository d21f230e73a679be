import { courtXml } from '#connector-sdk';
import { SOAP } from './namespaces.js';
import { FAULT_CODES } from './fault-table.js';

/** A fault has a few lines. */
const FAULT_LIMITS: courtXml.XmlLimits = { bytes: 64 * 1024, elements: 500, depth: 16, attributes: 16 };
const TEXT_MAX = 500;

export interface Fault {
  /** `fault-4`, or `fault-unknown`: a stable code for logs and outcomes. */
  readonly code: string;
  /** The register's own words. */
  readonly text: string;
  readonly meaning: 'refused' | 'later';
}

/** A SOAP fault, or undefined for everything else. It has no signature: what it says is a matter between machines and no answer. */
export function readFault(bytes: Buffer): Fault | undefined {
  try {
    const envelope = courtXml.readXml(bytes, FAULT_LIMITS);
    const isSoap = courtXml.localName(envelope.name) === 'Envelope' && Object.values(envelope.attributes).includes(SOAP);
    const fault = isSoap ? below(envelope, 'Body', 'Fault') : undefined;
    return fault && faultOf(fault);
  } catch (error) {
    if (error instanceof courtXml.NotReadable) return undefined;
    throw error;
  }
}

function faultOf(fault: courtXml.RawElement): Fault {
  const code = below(fault, 'detail', 'errorcode')?.text.trim() ?? '';
  const isKnown = Object.hasOwn(FAULT_CODES, code);
  const details = (below(fault, 'detail')?.children ?? []).filter(({ name }) => courtXml.localName(name) === 'ValidationError');
  const words = [below(fault, 'faultstring'), ...details].map((one) => one?.text.trim() ?? '').filter((text) => text !== '');
  return {
    code: isKnown ? `fault-${code}` : 'fault-unknown',
    // Half of a surrogate pair has no form in UTF-8, and cutting may leave one.
    text: words
      .join('; ')
      .slice(0, TEXT_MAX)
      .replace(/\p{Surrogate}/u, ''),
    meaning: isKnown ? FAULT_CODES[code as keyof typeof FAULT_CODES] : 'later',
  };
}

function below(element: courtXml.RawElement, ...path: readonly string[]): courtXml.RawElement | undefined {
  let found: courtXml.RawElement | undefined = element;
  for (const step of path) found = found?.children.find(({ name }) => courtXml.localName(name) === step);
  return found;
}
