import type { LegalDate, MoneyJson } from '#kernel';

export type Action = 'inquire' | 'freeze' | 'renew' | 'release' | 'deduct';

/** A sealed document that travels with an order; its bytes lie in the blob store under `digest`. */
export interface DocumentRef {
  readonly instrumentId: string;
  readonly type: string;
  readonly number: string;
  readonly title: string;
  /** Key of the bytes in the blob store, under the case's data key. */
  readonly digest: string;
  /** Hex SHA-256 of the PDF bytes, which the detached seal signs. */
  readonly sha256: string;
  readonly size: number;
  /** The detached seal record of libs/trust, as JSON text. */
  readonly seal: string;
}

/** One of an officer's two credentials (R2). The image, when there is one, lies in the blob store. */
export interface CredentialRef {
  readonly kind: 'work' | 'duty';
  readonly number: string;
  readonly imageDigest?: string;
}

/** The account a control order's line acts on, and what it asks. Fields that do not belong to the action are left out. */
export interface OrderLine {
  readonly seq: number;
  readonly account: string;
  readonly currency: string;
  /** Kind of holding as the bank named it (`current`, `savings`, `wealth-product` …). */
  readonly kind: string;
  readonly productNumber?: string;
  /** freeze: the limit asked for; deduct: the sum to move; release: absent, see `newLimit`. */
  readonly amount?: MoneyJson;
  /** release: the limit that remains; 0.00 ends the measure. */
  readonly newLimit?: MoneyJson;
  readonly scope?: 'funds' | 'account';
  /** freeze: first and last day; renew: `from` is the day after the old end, before which the bank must have it, and `to` the new last day. */
  readonly from?: LegalDate;
  readonly to?: LegalDate;
  /** renew, release, deduct: the freeze that is meant, by its own order number and line. */
  readonly original?: { readonly orderNumber: string; readonly seq: number; readonly caseNumber: string };
}

/** 执行款专户: where deducted money goes, and nowhere else (R20). */
export interface CourtAccountRef {
  readonly name: string;
  readonly number: string;
  readonly subAccount?: string;
  readonly bankName: string;
  readonly bankNumber: string;
}

/** `order.dispatched.v1` on `orders.<bank>.v1`: one action on one debtor at one legal-person bank. Sealed under the case's key. */
export interface OrderDispatched {
  readonly orderNumber: string;
  readonly requestId: string;
  readonly action: Action;
  readonly bank: string;
  readonly legalPerson: string;
  /** Control orders only: the place in the debtor's gapless sequence at this bank. */
  readonly lane?: { readonly id: string; readonly number: number };
  readonly dispatchedAt: string;
  readonly case: {
    readonly id: string;
    readonly number: string;
    readonly kind: 'execution' | 'preservation' | 'resumed';
    readonly status: 'open' | 'suspended' | 'closed';
    readonly courtCode: string;
    readonly courtName: string;
  };
  readonly officer: {
    readonly id: string;
    readonly name: string;
    readonly phone?: string;
    readonly validTo: LegalDate;
    readonly filedTo: LegalDate;
    readonly credentials: readonly CredentialRef[];
  };
  readonly debtor: {
    readonly id: string;
    readonly kind: 'person' | 'organisation';
    readonly name: string;
    readonly idType: string;
    readonly idNumber: string;
  };
  readonly documents: readonly DocumentRef[];
  readonly lines: readonly OrderLine[];
  readonly transactions?: { readonly from: LegalDate; readonly to: LegalDate };
  readonly courtAccount?: CourtAccountRef;
}

const money = {
  type: 'object',
  required: ['amount', 'currency'],
  additionalProperties: false,
  properties: { amount: { type: 'string' }, currency: { type: 'string' } },
};
const date = { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}$' };

export const orderDispatchedSchema = {
  type: 'object',
  required: [
    'orderNumber',
    'requestId',
    'action',
    'bank',
    'legalPerson',
    'dispatchedAt',
    'case',
    'officer',
    'debtor',
    'documents',
    'lines',
  ],
  additionalProperties: false,
  properties: {
    orderNumber: { type: 'string', minLength: 1, maxLength: 30 },
    requestId: { type: 'string' },
    action: { enum: ['inquire', 'freeze', 'renew', 'release', 'deduct'] },
    bank: { type: 'string' },
    legalPerson: { type: 'string' },
    lane: {
      type: 'object',
      required: ['id', 'number'],
      additionalProperties: false,
      properties: { id: { type: 'string' }, number: { type: 'integer', minimum: 1 } },
    },
    dispatchedAt: { type: 'string' },
    case: {
      type: 'object',
      required: ['id', 'number', 'kind', 'status', 'courtCode', 'courtName'],
      additionalProperties: false,
      properties: {
        id: { type: 'string' },
        number: { type: 'string' },
        kind: { enum: ['execution', 'preservation', 'resumed'] },
        status: { enum: ['open', 'suspended', 'closed'] },
        courtCode: { type: 'string' },
        courtName: { type: 'string' },
      },
    },
    officer: {
      type: 'object',
      required: ['id', 'name', 'validTo', 'filedTo', 'credentials'],
      additionalProperties: false,
      properties: {
        id: { type: 'string' },
        name: { type: 'string' },
        phone: { type: 'string' },
        validTo: date,
        filedTo: date,
        credentials: {
          type: 'array',
          maxItems: 4,
          items: {
            type: 'object',
            required: ['kind', 'number'],
            additionalProperties: false,
            properties: { kind: { enum: ['work', 'duty'] }, number: { type: 'string' }, imageDigest: { type: 'string' } },
          },
        },
      },
    },
    debtor: {
      type: 'object',
      required: ['id', 'kind', 'name', 'idType', 'idNumber'],
      additionalProperties: false,
      properties: {
        id: { type: 'string' },
        kind: { enum: ['person', 'organisation'] },
        name: { type: 'string' },
        idType: { type: 'string' },
        idNumber: { type: 'string' },
      },
    },
    documents: {
      type: 'array',
      maxItems: 20,
      items: {
        type: 'object',
        required: ['instrumentId', 'type', 'number', 'title', 'digest', 'sha256', 'size', 'seal'],
        additionalProperties: false,
        properties: {
          instrumentId: { type: 'string' },
          type: { type: 'string' },
          number: { type: 'string' },
          title: { type: 'string' },
          digest: { type: 'string' },
          sha256: { type: 'string', pattern: '^[0-9a-f]{64}$' },
          size: { type: 'integer', minimum: 1 },
          seal: { type: 'string' },
        },
      },
    },
    lines: {
      type: 'array',
      maxItems: 500,
      items: {
        type: 'object',
        required: ['seq', 'account', 'currency', 'kind'],
        additionalProperties: false,
        properties: {
          seq: { type: 'integer', minimum: 1 },
          account: { type: 'string', minLength: 1, maxLength: 50 },
          currency: { type: 'string' },
          kind: { type: 'string' },
          productNumber: { type: 'string' },
          amount: money,
          newLimit: money,
          scope: { enum: ['funds', 'account'] },
          from: date,
          to: date,
          original: {
            type: 'object',
            required: ['orderNumber', 'seq', 'caseNumber'],
            additionalProperties: false,
            properties: { orderNumber: { type: 'string' }, seq: { type: 'integer' }, caseNumber: { type: 'string' } },
          },
        },
      },
    },
    transactions: { type: 'object', required: ['from', 'to'], additionalProperties: false, properties: { from: date, to: date } },
    courtAccount: {
      type: 'object',
      required: ['name', 'number', 'bankName', 'bankNumber'],
      additionalProperties: false,
      properties: {
        name: { type: 'string' },
        number: { type: 'string' },
        subAccount: { type: 'string' },
        bankName: { type: 'string' },
        bankNumber: { type: 'string' },
      },
    },
  },
} as const;
