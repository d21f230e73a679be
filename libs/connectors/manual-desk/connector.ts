import { canonicalBytes, type CanonicalValue } from '#kernel';
import type { OrderDispatched } from '#contracts';
import type { DeskConnector, DeskWord, TypedAnswer } from '#connector-sdk';
import { readControl } from './control.js';
import { readInquiry } from './inquire.js';
import { readRollback } from './rollback.js';

/** docs/dialects/manual-desk.md: what two clerks type and approve. */
export class ManualDesk implements DeskConnector {
  readAnswer(typed: unknown, order: OrderDispatched, openSeqs: ReadonlySet<number>): TypedAnswer {
    return order.action === 'inquire' ? readInquiry(typed) : readControl(typed, order, openSeqs);
  }

  readRollback(typed: unknown): TypedAnswer {
    return readRollback(typed);
  }

  /** What two persons said, in one form; there is no machine of the bank that could sign it. */
  writeWord(word: DeskWord): Buffer {
    const { content, ...head } = word;
    return canonicalBytes({ format: 'chakong-desk-answer/v1', ...head, ...content } as unknown as CanonicalValue);
  }
}
