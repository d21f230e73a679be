import { compact, freeText, optional, required, wordOf, type AnswerContent, type Members } from '#connector-sdk';
import { ROLLBACKS } from './codes.js';

/** `rollback`: the order could not be processed and nothing was done. Another code than the agreed ones is no such word. @throws NotReadable */
export function readRollback(row: Members): Extract<AnswerContent, { rollback: unknown }> {
  return {
    rollback: compact({
      code: required(row, 'code', wordOf(ROLLBACKS)),
      note: optional(row, 'note', freeText) ?? '',
      contact: optional(row, 'contact', freeText),
      phone: optional(row, 'phone', freeText),
    }),
  };
}
