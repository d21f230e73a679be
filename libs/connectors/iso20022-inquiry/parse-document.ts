import { DOMParser } from '@xmldom/xmldom';
import { courtXml } from '#connector-sdk';
import { errorText } from '#kernel';
import { Refusal } from './refusal.js';

/**
 * A response about one customer has some 30 kB, and the 500 accounts that an answer may have are some 15,000 elements. What checks and
 * verifies a message holds up everything else in the process, and needs seconds for a hundred thousand.
 */
export const MESSAGE_LIMITS: courtXml.XmlLimits = { bytes: 2 * 1024 * 1024, elements: 40_000, depth: 64, attributes: 16 };

/**
 * Reads bytes twice: first by the reader that every XML of a bank passes (no document type, no entity, no processing instruction, bounded in
 * every way), then into a tree with name spaces, where every warning is an error.
 * @throws Refusal `unreadable`
 */
export function parseDocument(bytes: Uint8Array): { readonly document: Document; readonly text: string } {
  try {
    courtXml.readXml(bytes, MESSAGE_LIMITS);
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return { document: documentOf(text), text };
  } catch (cause) {
    if (cause instanceof courtXml.NotReadable) throw new Refusal('unreadable', cause.message, { cause });
    throw cause;
  }
}

/** @throws NotReadable */
function documentOf(text: string): Document {
  const refuse = (fault: unknown): never => {
    throw new courtXml.NotReadable(`no well-formed XML: ${errorText(fault).split('\n')[0]?.slice(0, 200) ?? ''}`);
  };
  return new DOMParser({ errorHandler: { warning: refuse, error: refuse, fatalError: refuse } }).parseFromString(text, 'text/xml');
}
