import type { LegalDate } from '#kernel';

/** `order.withdrawal-asked.v1` on `orders.<bank>.v1`: do not send this order if it has not left yet. `reason` is no person's own words: this travels in clear. */
export interface OrderWithdrawalAsked {
  readonly orderNumber: string;
  readonly reason: string;
}

/**
 * `order.resolved.v1` on `orders.<bank>.v1`: two persons have found out what became of an undetermined order. `settled`: it is
 * over, the lane goes on; `send-again`: the bank has confirmed that it never had it, the same bytes go out under the same number.
 * `evidence` names where the court keeps it and quotes nothing, because this message travels in clear.
 */
export interface OrderResolved {
  readonly orderNumber: string;
  readonly outcome: 'settled' | 'send-again';
  readonly evidence: string;
}

/** `gates.changed.v1` on `orders.<bank>.v1`: what the connector checks once more before sending has changed (I1). */
export interface GatesChanged {
  readonly case?: { readonly id: string; readonly status: 'open' | 'suspended' | 'closed'; readonly hold?: string };
  readonly officer?: {
    readonly id: string;
    readonly filed: boolean;
    readonly filedFrom: LegalDate;
    readonly filedTo: LegalDate;
    readonly validTo: LegalDate;
  };
}

export const orderWithdrawalAskedSchema = {
  type: 'object',
  required: ['orderNumber', 'reason'],
  additionalProperties: false,
  properties: { orderNumber: { type: 'string' }, reason: { type: 'string' } },
} as const;

export const orderResolvedSchema = {
  type: 'object',
  required: ['orderNumber', 'outcome', 'evidence'],
  additionalProperties: false,
  properties: {
    orderNumber: { type: 'string' },
    outcome: { enum: ['settled', 'send-again'] },
    evidence: { type: 'string', maxLength: 1000 },
  },
} as const;

export const gatesChangedSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    case: {
      type: 'object',
      required: ['id', 'status'],
      additionalProperties: false,
      properties: { id: { type: 'string' }, status: { enum: ['open', 'suspended', 'closed'] }, hold: { type: 'string' } },
    },
    officer: {
      type: 'object',
      required: ['id', 'filed', 'filedFrom', 'filedTo', 'validTo'],
      additionalProperties: false,
      properties: {
        id: { type: 'string' },
        filed: { type: 'boolean' },
        filedFrom: { type: 'string' },
        filedTo: { type: 'string' },
        validTo: { type: 'string' },
      },
    },
  },
} as const;
