import { AppError } from '#kernel';
import type { Part } from './names.js';

/** What begins every XML document of the dialect; inside a document these bytes cannot occur. */
const DECLARATION = Buffer.from('<?xml ', 'latin1');
/** How far behind the declaration the root element begins at the latest. */
const HEAD_BYTES_MAX = 400;

/** Which entry a document makes, by its root element. */
const PART_OF_ROOT: Readonly<Record<string, Part>> = {
  cxqqList: 'QA',
  kzqqList: 'QA',
  wsinfoList: 'QI',
  zjinfoList: 'QC',
  zhxxList: 'QR',
  kzxxList: 'QR',
  hzxxList: 'QRI',
  htxxList: 'QNA',
  sbxxList: 'QNR',
  slxxList: 'QSL',
};

export interface PackageDocument {
  readonly part: Part;
  readonly bytes: Buffer;
}

/**
 * The bytes of one order, or of one answer, are its documents one after another, exactly as they stand in the package: so one digest
 * covers what the bank gets or says, and nothing of it is written anew.
 * @throws AppError `invalid` when the bytes are no such sequence
 */
export function documentsOf(bytes: Buffer): readonly PackageDocument[] {
  const starts: number[] = [];
  for (let at = bytes.indexOf(DECLARATION); at >= 0; at = bytes.indexOf(DECLARATION, at + DECLARATION.length)) starts.push(at);
  if (starts[0] !== 0) throw new AppError('invalid', 'not a sequence of XML documents');
  return starts.map((start, i) => {
    const document = bytes.subarray(start, starts[i + 1] ?? bytes.length);
    return { part: partOf(document), bytes: document };
  });
}

function partOf(document: Buffer): Part {
  const [, root = ''] = /^<\?xml [^>]*\?>\s*<([A-Za-z]+)/.exec(document.toString('latin1', 0, HEAD_BYTES_MAX)) ?? [];
  const part = Object.hasOwn(PART_OF_ROOT, root) ? PART_OF_ROOT[root] : undefined;
  if (part === undefined) throw new AppError('invalid', `a document with the unknown root "${root.slice(0, 40)}"`);
  return part;
}
