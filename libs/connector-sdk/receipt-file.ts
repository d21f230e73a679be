import { createInflate } from 'node:zlib';

/** A scanned receipt (R26). */
export const RECEIPT_BYTES_MAX = 8 * 1024 * 1024;
/** What all compressed parts of a file may come to: a few scanned pages, and no bomb. */
const INFLATED_BYTES_MAX = 96 * 1024 * 1024;
const STREAMS_MAX = 5_000;
/** Where a PDF's end mark must stand. */
const TAIL_BYTES = 1_024;
/** How far before a stream its dictionary begins at most. */
const DICTIONARY_CHARS_MAX = 64 * 1024;
/** Names that lie across two pieces of what was inflated. */
const OVERLAP_CHARS = 64;

/** Actions that run, send or start something, files within the file, and forms with programs. All long enough not to stand in an image by chance. */
const ACTIVE =
  /\/(JavaScript|Launch|EmbeddedFiles?|RichMedia\w*|SubmitForm|ImportData|GoToE|GoToR|Rendition|Filespec|AFRelationship|XFA)(?![\w#])/;
/** Encodings in which names could hide from this reader, and encryption. */
const UNSEEN = /\/(ASCIIHexDecode|ASCII85Decode|LZWDecode|RunLengthDecode|Crypt|Encrypt)(?![\w#])/;
/** What marks a stream of objects; its type may be left out. */
const OBJECTS = /\/(ObjStm|First)(?![\w#])/;
const ONLY_FLATE = /\/Filter\s*(?:\/FlateDecode|\[\s*\/FlateDecode\s*\])/;

export type ReceiptFault = 'too-large' | 'not-a-pdf' | 'active-content' | 'not-inspectable';

/**
 * Why a file is no receipt to be passed on, or undefined. What it is shows from its bytes, not its name; whatever cannot be looked into is refused, because
 * a scanned paper needs none of it. It says nothing about what is written on the paper: persons read that.
 */
export async function faultOfReceipt(bytes: Buffer): Promise<ReceiptFault | undefined> {
  if (bytes.length > RECEIPT_BYTES_MAX) return 'too-large';
  if (bytes.subarray(0, 5).toString('latin1') !== '%PDF-' || !bytes.subarray(-TAIL_BYTES).includes('%%EOF')) return 'not-a-pdf';
  // One character a byte, so that places in the text are places in the bytes. Names inside streams of images count too: none is that long by chance.
  const text = bytes.toString('latin1');
  const named = unescaped(text);
  if (ACTIVE.test(named)) return 'active-content';
  if (UNSEEN.test(named)) return 'not-inspectable';
  return faultOfStreams(bytes, text);
}

/** Looks into every stream that can be inflated, whatever its dictionary says of it. */
async function faultOfStreams(bytes: Buffer, text: string): Promise<ReceiptFault | undefined> {
  let [left, streams] = [INFLATED_BYTES_MAX, 0];
  for (const { index } of text.matchAll(/stream\r?\n/g)) {
    if (text.slice(Math.max(0, index - 3), index) === 'end') continue;
    streams += 1;
    if (streams > STREAMS_MAX) return 'not-inspectable';
    const before = text.slice(Math.max(0, index - DICTIONARY_CHARS_MAX), index);
    const dictionary = unescaped(before.slice(Math.max(0, before.lastIndexOf(' obj'))));
    if (OBJECTS.test(dictionary) && isDisguised(dictionary)) return 'not-inspectable';
    const start = index + 'stream'.length + (text[index + 'stream'.length] === '\r' ? 2 : 1);
    const end = text.indexOf('endstream', start);
    const found = await inspect(bytes.subarray(start, end < 0 ? bytes.length : end), left);
    if (typeof found === 'string') return found;
    left -= found;
  }
  return undefined;
}

/** Objects that are packed in another way than plain Flate, or lie elsewhere. */
function isDisguised(dictionary: string): boolean {
  if (/\/(DecodeParms|DP|F|FFilter)(?![\w#])/.test(dictionary)) return true;
  return /\/Filter(?![\w#])/.test(dictionary) && !ONLY_FLATE.test(dictionary);
}

/** @returns how many bytes came out; what is not deflated gives none */
function inspect(deflated: Buffer, left: number): Promise<number | ReceiptFault> {
  return new Promise((resolve) => {
    let [size, tail] = [0, ''];
    const inflate = createInflate();
    const end = (found: number | ReceiptFault): void => {
      inflate.destroy();
      resolve(found);
    };
    inflate.on('data', (part: Buffer) => {
      size += part.length;
      const named = unescaped(tail + part.toString('latin1'));
      if (ACTIVE.test(named)) end('active-content');
      else if (UNSEEN.test(named)) end('not-inspectable');
      else if (size > left) end('too-large');
      tail = named.slice(-OVERLAP_CHARS);
    });
    // What is no deflated data, or breaks off, has been looked at as far as it goes; its bytes as they stand were looked at before.
    inflate.on('error', () => end(size));
    inflate.on('end', () => end(size));
    inflate.end(deflated);
  });
}

/** A character of a name may stand as `#` and two hex digits. */
function unescaped(text: string): string {
  return text.includes('#')
    ? text.replaceAll(/#([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    : text;
}
