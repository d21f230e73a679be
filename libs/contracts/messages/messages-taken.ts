/**
 * `messages.taken.v1` on `receipts.v1`: the effects of these messages are committed at their reader, so the sender's outbox may forget them. It has no
 * receipt itself; when it is lost, the messages are published again, dropped as known, and receipted once more.
 */
export interface MessagesTaken {
  /** Whose outbox they came from: the header `source` of each of them. */
  readonly source: string;
  /** Message ids. */
  readonly ids: readonly string[];
}

export const messagesTakenSchema = {
  type: 'object',
  required: ['source', 'ids'],
  additionalProperties: false,
  properties: {
    source: { type: 'string', minLength: 1, maxLength: 80 },
    ids: { type: 'array', minItems: 1, maxItems: 200, items: { type: 'string', minLength: 1, maxLength: 200 } },
  },
} as const;
