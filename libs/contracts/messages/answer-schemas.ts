const money = {
  type: 'object',
  required: ['amount', 'currency'],
  additionalProperties: false,
  properties: { amount: { type: 'string', pattern: '^-?[0-9]+(\\.[0-9]+)?$' }, currency: { type: 'string', pattern: '^[A-Z]{3}$' } },
} as const;
const date = { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}$' } as const;
const text = { type: 'string', maxLength: 1000 } as const;

/** Owners of one account beside the debtor; a reader refuses more, because nobody could pass them on. */
export const CO_OWNERS_MAX = 50;

/** Where a bank's exact bytes are kept (`OriginalRef`). */
export const ORIGINAL_SCHEMA = {
  type: 'object',
  required: ['digest', 'size', 'contentType', 'signature'],
  additionalProperties: false,
  properties: {
    digest: text,
    size: { type: 'integer', minimum: 0 },
    contentType: text,
    signature: { enum: ['valid', 'invalid', 'absent'] },
    keyId: text,
  },
} as const;

const priorMeasures = {
  type: 'array',
  maxItems: 200,
  items: {
    type: 'object',
    required: ['authority', 'document', 'amount'],
    additionalProperties: false,
    properties: { authority: text, document: text, amount: money, until: date },
  },
} as const;

const priorityRights = {
  type: 'array',
  maxItems: 200,
  items: {
    type: 'object',
    required: ['type', 'holder'],
    additionalProperties: false,
    properties: { type: text, holder: text, amount: money },
  },
} as const;

const measures = {
  type: 'array',
  maxItems: 200,
  items: {
    type: 'object',
    required: ['orderNumber', 'seq', 'limit', 'covered', 'uncovered', 'rank'],
    additionalProperties: false,
    properties: {
      orderNumber: text,
      seq: { type: 'integer' },
      limit: money,
      covered: money,
      uncovered: money,
      rank: { type: 'integer' },
      ended: { enum: ['released', 'expired', 'exhausted'] },
    },
  },
} as const;

const transactions = {
  type: 'array',
  items: {
    type: 'object',
    required: ['serial', 'at', 'direction', 'amount'],
    additionalProperties: false,
    properties: {
      serial: text,
      at: text,
      direction: { enum: ['debit', 'credit'] },
      amount: money,
      balance: money,
      counterpartName: text,
      counterpartAccount: text,
      counterpartBank: text,
      note: text,
    },
  },
} as const;

const holding = {
  type: 'object',
  required: ['account', 'kind', 'currency', 'state', 'balance', 'available', 'priorMeasures', 'priorityRights'],
  additionalProperties: false,
  properties: {
    account: { type: 'string', minLength: 1, maxLength: 50 },
    kind: text,
    currency: text,
    state: text,
    balance: money,
    available: money,
    priorMeasures,
    priorityRights,
    restriction: {
      type: 'object',
      required: ['code'],
      additionalProperties: false,
      properties: {
        code: text,
        freeze: { enum: ['no', 'yes', 'above-reserve'] },
        deduct: { enum: ['no', 'yes', 'above-reserve'] },
        reserve: money,
        basis: text,
      },
    },
    coOwners: { type: 'array', maxItems: CO_OWNERS_MAX, items: text },
    asset: {
      type: 'object',
      required: ['productNumber', 'shares', 'unitPrice'],
      additionalProperties: false,
      properties: { productNumber: text, shares: text, unitPrice: text },
    },
    measures,
    transactions,
  },
} as const;

const controlLine = {
  type: 'object',
  required: ['seq', 'status'],
  additionalProperties: false,
  properties: {
    seq: { type: 'integer', minimum: 1 },
    status: { enum: ['executed', 'partly-executed', 'refused', 'in-progress', 'undetermined'] },
    limit: money,
    balance: money,
    available: money,
    covered: money,
    uncovered: money,
    rank: { type: 'integer' },
    from: date,
    to: date,
    expectedOn: date,
    reason: { type: 'object', required: ['code', 'text'], additionalProperties: false, properties: { code: text, text } },
    priorMeasures,
    priorityRights,
    moved: {
      type: 'object',
      required: ['principal', 'serial', 'valueDate', 'channel', 'state'],
      additionalProperties: false,
      properties: {
        principal: money,
        interest: money,
        fee: money,
        serial: text,
        valueDate: date,
        channel: text,
        state: { enum: ['sent', 'credited', 'returned'] },
      },
    },
  },
} as const;

export const orderAnsweredSchema = {
  type: 'object',
  required: ['orderNumber', 'bank', 'answeredAt', 'original', 'receipts', 'factLeafHash'],
  additionalProperties: false,
  oneOf: [{ required: ['inquiry'] }, { required: ['control'] }, { required: ['rollback'] }],
  properties: {
    orderNumber: text,
    bank: text,
    answeredAt: text,
    receivedAt: text,
    original: ORIGINAL_SCHEMA,
    inquiry: {
      type: 'object',
      required: ['result', 'holdings'],
      additionalProperties: false,
      properties: {
        result: { enum: ['found', 'no-account', 'identity-mismatch'] },
        holdings: { type: 'array', maxItems: 500, items: holding },
      },
    },
    control: {
      type: 'object',
      required: ['lines'],
      additionalProperties: false,
      properties: { lines: { type: 'array', minItems: 1, maxItems: 500, items: controlLine } },
    },
    rollback: {
      type: 'object',
      required: ['code', 'note'],
      additionalProperties: false,
      properties: { code: text, note: text, contact: text, phone: text },
    },
    receipts: {
      type: 'array',
      maxItems: 20,
      items: {
        type: 'object',
        required: ['digest', 'sha256', 'size', 'name'],
        additionalProperties: false,
        properties: { digest: text, sha256: text, size: { type: 'integer' }, name: text },
      },
    },
    factLeafHash: text,
  },
} as const;

export const bankNotifiedSchema = {
  type: 'object',
  required: ['noticeId', 'bank', 'kind', 'orderNumber', 'seq', 'at', 'original', 'factLeafHash'],
  additionalProperties: false,
  properties: {
    noticeId: text,
    bank: text,
    kind: { enum: ['coverage', 'promoted', 'lapsed', 'redeemed', 'credited', 'returned'] },
    orderNumber: text,
    seq: { type: 'integer', minimum: 1 },
    at: text,
    limit: money,
    covered: money,
    uncovered: money,
    rank: { type: 'integer' },
    balance: money,
    amount: money,
    serial: text,
    controlRestored: { type: 'boolean' },
    original: ORIGINAL_SCHEMA,
    factLeafHash: text,
  },
} as const;

/** `fact.recorded.v1` on `facts.v1`: the leaf as it enters the log, and search attributes that never do. */
export interface FactRecorded {
  readonly leaf: string;
  readonly search: {
    readonly type: string;
    readonly actor?: string;
    readonly orderNumber?: string;
    readonly caseNumber?: string;
    readonly requestId?: string;
  };
}

export const factRecordedSchema = {
  type: 'object',
  required: ['leaf', 'search'],
  additionalProperties: false,
  properties: {
    leaf: { type: 'string', minLength: 2, maxLength: 60_000 },
    search: {
      type: 'object',
      required: ['type'],
      additionalProperties: false,
      properties: { type: text, actor: text, orderNumber: text, caseNumber: text, requestId: text },
    },
  },
} as const;
