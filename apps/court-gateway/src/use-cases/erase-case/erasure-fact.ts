import type { CanonicalValue } from '#kernel';
import type { Fact } from '#messaging';
import type { ErasureRow } from '../../adapters/store/erasure-rows.js';

/**
 * A fact about an erasure. It is sealed under a system key and not under the case's, because it has to be opened when that is gone; so its content
 * names no person.
 */
export function erasureFact(type: string, erasure: ErasureRow, content: Readonly<Record<string, CanonicalValue>>, actor?: string): Fact {
  return {
    type,
    subject: `case:${erasure.case_id}`,
    ...(actor === undefined ? {} : { actor }),
    caseNumber: erasure.case_number,
    content: { erasureId: erasure.id, ...content },
  };
}
