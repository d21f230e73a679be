import { compact, freeText, optional, required, type AnswerContent, type DialectCodes, type Members } from '#connector-sdk';
import { codeIn } from './codes.js';

/** `rollback`: the order could not be processed and nothing was done. Another code than the agreed ones is no such word. @throws NotReadable */
export function readRollback(row: Members, codes: DialectCodes): Extract<AnswerContent, { rollback: unknown }> {
  return {
    rollback: compact({
      code: required(row, 'code', codeIn(codes.rollback)),
      note: optional(row, 'note', freeText) ?? '',
      contact: optional(row, 'contact', freeText),
      phone: optional(row, 'phone', freeText),
    }),
  };
}
