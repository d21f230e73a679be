import type { LegalDate, MoneyJson } from '#kernel';
import { ORIGINAL_SCHEMA } from './answer-schemas.js';
import type { OriginalRef } from './order-answered.js';

/** What became of something by the end of a day; `rolled-back` is a whole order. */
export const STATED_STATES = ['executed', 'partly-executed', 'refused', 'rolled-back'] as const;
export type StatedState = (typeof STATED_STATES)[number];

const ACTIONS = ['inquire', 'freeze', 'renew', 'release', 'deduct'] as const;
type StatedAction = (typeof ACTIONS)[number];

export interface StatedTotal {
  readonly action: StatedAction;
  readonly state: StatedState;
  readonly count: number;
  /** One for each currency. */
  readonly sums: readonly MoneyJson[];
}

export interface StatedItem {
  readonly orderNumber: string;
  /** 0 for an inquiry and for an order that was rolled back. */
  readonly seq: number;
  readonly action: StatedAction;
  readonly state: StatedState;
  /** freeze, renew: the limit · release: what was given free · deduct: what moved. */
  readonly amount?: MoneyJson;
}

/**
 * `bank.stated.v1` on `notices.v1`: a part of what a bank says of one business day at its end. All parts of a version carry its totals; its
 * items are those of all parts together. Order numbers and sums are no personal data, so it is not sealed.
 */
export interface BankStated {
  readonly bank: string;
  /** The legal days that it is about, both inclusive; `to` is the business day. */
  readonly from: LegalDate;
  readonly to: LegalDate;
  /** The bank's own number for it. */
  readonly statementNo: string;
  /** When the bank made it, by its clock. */
  readonly statedAt: string;
  /** 1 for the first word on a day, one more each time the bank said something else. */
  readonly version: number;
  /** From 1. */
  readonly part: number;
  readonly parts: number;
  readonly totals: readonly StatedTotal[];
  /** Whether the bank names the orders; without it `items` is empty and says nothing. */
  readonly references: boolean;
  readonly items: readonly StatedItem[];
  /** The exact bytes of this part; they lie in the connector's database under their digest. */
  readonly original: OriginalRef;
  readonly factLeafHash: string;
}

/** Items of one part: a message stays far below what the backbone carries. */
export const STATED_ITEMS_MAX = 500;
/** Parts of one statement. */
export const STATED_PARTS_MAX = 1_000;

const text = { type: 'string', minLength: 1, maxLength: 100 } as const;
const date = { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}$' } as const;
const money = {
  type: 'object',
  required: ['amount', 'currency'],
  additionalProperties: false,
  properties: { amount: { type: 'string', pattern: '^[0-9]+(\\.[0-9]+)?$' }, currency: { type: 'string', pattern: '^[A-Z]{3}$' } },
} as const;

const total = {
  type: 'object',
  required: ['action', 'state', 'count', 'sums'],
  additionalProperties: false,
  properties: {
    action: { enum: ACTIONS },
    state: { enum: STATED_STATES },
    count: { type: 'integer', minimum: 0 },
    sums: { type: 'array', maxItems: 50, items: money },
  },
} as const;

const item = {
  type: 'object',
  required: ['orderNumber', 'seq', 'action', 'state'],
  additionalProperties: false,
  properties: {
    orderNumber: { type: 'string', minLength: 1, maxLength: 30 },
    seq: { type: 'integer', minimum: 0 },
    action: { enum: ACTIONS },
    state: { enum: STATED_STATES },
    amount: money,
  },
} as const;

export const bankStatedSchema = {
  type: 'object',
  required: [
    'bank',
    'from',
    'to',
    'statementNo',
    'statedAt',
    'version',
    'part',
    'parts',
    'totals',
    'references',
    'items',
    'original',
    'factLeafHash',
  ],
  additionalProperties: false,
  properties: {
    bank: text,
    from: date,
    to: date,
    statementNo: text,
    statedAt: text,
    version: { type: 'integer', minimum: 1 },
    part: { type: 'integer', minimum: 1, maximum: STATED_PARTS_MAX },
    parts: { type: 'integer', minimum: 1, maximum: STATED_PARTS_MAX },
    totals: { type: 'array', maxItems: 20, items: total },
    references: { type: 'boolean' },
    items: { type: 'array', maxItems: STATED_ITEMS_MAX, items: item },
    original: ORIGINAL_SCHEMA,
    factLeafHash: text,
  },
} as const;
