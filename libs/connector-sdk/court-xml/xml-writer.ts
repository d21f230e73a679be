import { encodeAttribute, type AttributeCoding } from './attribute-coding.js';
import type { XmlElement } from './xml-element.js';

export const XML_HEADER = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** White space other than the blank is written as a reference: a parser would make blanks of it. */
const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

export function escapeXml(text: string): string {
  return text.replace(/[&<>"\t\n\r]/g, (character) => ESCAPES[character] ?? character);
}

/** One element in the only form that we write: no white space between elements, attributes in the order given. */
export function writeElement({ name, attributes, children }: XmlElement, coding: AttributeCoding): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeXml(encodeAttribute(value, coding))}"`);
  const head = `<${name}${written.join('')}`;
  return children.length === 0 ? `${head}/>` : `${head}>${children.map((child) => writeElement(child, coding)).join('')}</${name}>`;
}

export function writeDocument(root: XmlElement, coding: AttributeCoding): Buffer {
  return Buffer.from(XML_HEADER + writeElement(root, coding), 'utf8');
}

/** A list around records whose exact bytes are kept as they are. */
export function wrapRecords(listName: string, records: readonly Buffer[]): Buffer {
  return Buffer.concat([Buffer.from(`${XML_HEADER}<${listName}>`, 'utf8'), ...records, Buffer.from(`</${listName}>`, 'utf8')]);
}
