import { errorText, instantText, parseInstant, parseStrictJson } from '#kernel';
import { orderNumberHint, type UpFile, type UpFileReading } from '#connector-sdk';
import { elementSlices } from './files/element-slices.js';
import { upFileKind, type UpFileKind } from './files/file-names.js';

/** Answers in one file. */
export const ANSWERS_MAX = 200;

/** Reads an up file of any kind; what cannot be read names, where the name tells it, the order that it was about. */
export function readUpFile({ name, bytes }: Pick<UpFile, 'name' | 'bytes'>): UpFileReading {
  const kind = upFileKind(name);
  if (!kind) return { kind: 'unreadable', reason: 'a name that is not known' };
  try {
    return kind.kind === 'receipt' ? receiptOf(bytes) : answersOf(bytes);
  } catch (error) {
    return { kind: 'unreadable', reason: errorText(error), ...orderOf(kind, bytes) };
  }
}

function orderOf(kind: UpFileKind, bytes: Buffer): { readonly orderNumber?: string } {
  const orderNumber = kind.kind === 'answers' ? (kind.orderNumber ?? orderNumberHint(bytes)) : undefined;
  return orderNumber === undefined ? {} : { orderNumber };
}

function receiptOf(bytes: Buffer): UpFileReading {
  const { format, file, receivedAt } = membersOf(parseStrictJson(bytes));
  if (format !== 'chakong-receipt/v1' || typeof file !== 'string') throw new Error('not a chakong-receipt/v1');
  const at = typeof receivedAt === 'string' ? { receivedAt: instantText(parseInstant(receivedAt)) } : {};
  return { kind: 'receipt', file, ...at };
}

function answersOf(bytes: Buffer): UpFileReading {
  const { format, answers } = membersOf(parseStrictJson(bytes));
  if (format !== 'chakong-feedback/v1' || !Array.isArray(answers) || answers.length > ANSWERS_MAX) {
    throw new Error('not a chakong-feedback/v1');
  }
  const slices = elementSlices(bytes, 'answers');
  if (slices.length !== answers.length) throw new Error('an answer is no object');
  return { kind: 'answers', answers: slices };
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Readonly<Record<string, unknown>>;
  throw new Error('the file holds no object');
}
