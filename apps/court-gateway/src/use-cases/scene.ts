import type { Fact } from '#messaging';
import type { DataKey } from '#privacy';
import type { CaseRow } from '../adapters/store/case-rows.js';

/**
 * Where something happens after dispatch: the case as it was read under its lock, who brings the change about, and the facts that the
 * transaction records at its end, all in one go.
 */
export interface Scene {
  readonly case: CaseRow;
  readonly caseKey: DataKey;
  /** User id, `bank:<code>`, or `system` for the calendar. */
  readonly actor: string;
  readonly requestId?: string;
  readonly orderNumber?: string;
  readonly facts: Fact[];
}

export const SYSTEM_ACTOR = 'system';

export function bankActor(bank: string): string {
  return `bank:${bank}`;
}

/** Adds a fact about a subject of the scene. */
export function happened(scene: Scene, type: string, subject: string, content: Fact['content'], of: Partial<Fact> = {}): void {
  scene.facts.push({
    type,
    subject,
    actor: scene.actor,
    caseNumber: scene.case.case_number,
    caseId: scene.case.id,
    caseKey: scene.caseKey,
    ...(scene.requestId === undefined ? {} : { requestId: scene.requestId }),
    ...(scene.orderNumber === undefined ? {} : { orderNumber: scene.orderNumber }),
    content,
    ...of,
  });
}
