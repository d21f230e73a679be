import { AppError } from '#kernel';
import { courtXml } from '#connector-sdk';

/** A request with its header has some 10 kB with its signature. */
const LIMITS: courtXml.XmlLimits = { bytes: 1024 * 1024, elements: 5_000, depth: 40, attributes: 16 };

/** @throws AppError `invalid` */
export function readParts(bytes: Uint8Array): courtXml.RawElement {
  try {
    return courtXml.readXml(bytes, LIMITS);
  } catch (cause) {
    if (cause instanceof courtXml.NotReadable) throw new AppError('invalid', cause.message, { cause });
    throw cause;
  }
}

/** The first element at a path of names below. @throws AppError `invalid` when there is none */
export function partAt(element: courtXml.RawElement, ...path: readonly string[]): courtXml.RawElement {
  let found: courtXml.RawElement | undefined = element;
  for (const step of path) found = found && partsNamed(found, step)[0];
  if (!found) throw new AppError('invalid', `${path.join('/')} is missing`);
  return found;
}

export function partsNamed(element: courtXml.RawElement, name: string): readonly courtXml.RawElement[] {
  return element.children.filter((child) => courtXml.localName(child.name) === name);
}

/** The element again without prefixes, for the name space of what surrounds it. */
export function rewritten(element: courtXml.RawElement): string {
  const name = courtXml.localName(element.name);
  const inner = element.children.length === 0 ? courtXml.escapeXml(element.text) : element.children.map(rewritten).join('');
  return `<${name}>${inner}</${name}>`;
}
