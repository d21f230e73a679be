/**
 * `case.erasure-asked.v1` on `orders.<bank>.v1`: two persons have had the content of a case erased and its key is destroyed. The connector empties what it
 * holds of it, and says so.
 */
export interface CaseErasureAsked {
  readonly erasureId: string;
  readonly caseId: string;
}

/** `case.erased.v1` on `order-events.v1`: a bank's connector holds nothing of the case any more. */
export interface CaseErased {
  readonly erasureId: string;
  readonly caseId: string;
  readonly bank: string;
}

const id = { type: 'string', minLength: 1, maxLength: 80 } as const;

export const caseErasureAskedSchema = {
  type: 'object',
  required: ['erasureId', 'caseId'],
  additionalProperties: false,
  properties: { erasureId: id, caseId: id },
} as const;

export const caseErasedSchema = {
  type: 'object',
  required: ['erasureId', 'caseId', 'bank'],
  additionalProperties: false,
  properties: { erasureId: id, caseId: id, bank: { type: 'string', minLength: 1, maxLength: 40 } },
} as const;

/** The messages of an erasure, which hold nothing of a case but its id. */
export const ERASURE_MESSAGES: readonly string[] = ['case.erasure-asked.v1', 'case.erased.v1'];
