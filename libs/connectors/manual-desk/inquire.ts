import { CO_OWNERS_MAX, type HoldingLine } from '#contracts';
import type { TypedAnswer } from '#connector-sdk';
import { readPriorityRights, readPriorMeasures } from './rights-reader.js';
import { TypedReader } from './typed-reader.js';

const HOLDINGS_MAX = 500;
const RESULTS = ['found', 'no-account', 'identity-mismatch'] as const;
const PERMISSIONS = ['no', 'yes', 'above-reserve'] as const;
const MEMBERS = [
  'account',
  'kind',
  'currency',
  'state',
  'balance',
  'available',
  'priorMeasures',
  'priorityRights',
  'restriction',
  'coOwners',
  'asset',
];

/** Reads a typed answer to an inquiry. R27: that nothing was found must be said, and then nothing may be listed. */
export function readInquiry(typed: unknown): TypedAnswer {
  const read = new TypedReader();
  const body = read.row(typed, '', ['result', 'lines']);
  const lines = read.rows(body['lines'] ?? [], '/lines', HOLDINGS_MAX);
  const stated = body['result'] ?? (lines.length > 0 ? 'found' : undefined);
  const result = read.word(stated, '/result', RESULTS);
  if (result === 'found' && lines.length === 0) read.fault('/lines', '查有财产时须逐一列明账户或资产；没有时请填 no-account');
  if (result !== 'found' && lines.length > 0) read.fault('/lines', '未查到财产或身份不符时不得列明账户');
  const holdings = lines.map((line, i) => readHolding(read, line, `/lines/${i}`));
  if (new Set(holdings.map(({ account, currency }) => `${account} ${currency}`)).size < holdings.length) {
    read.fault('/lines', '同一账户列明了两次');
  }
  read.done();
  return { inquiry: { result, holdings } };
}

function readHolding(read: TypedReader, value: unknown, at: string): HoldingLine {
  const row = read.row(value, at, MEMBERS);
  const currency = read.currency(row['currency'] ?? 'CNY', `${at}/currency`);
  return {
    account: read.text(row['account'], `${at}/account`, 50),
    kind: read.text(row['kind'], `${at}/kind`, 60),
    currency,
    state: read.text(row['state'] ?? 'normal', `${at}/state`, 60),
    balance: read.money(row['balance'], `${at}/balance`, currency),
    available: read.money(row['available'], `${at}/available`, currency),
    priorMeasures: readPriorMeasures(read, row['priorMeasures'] ?? [], `${at}/priorMeasures`, currency),
    priorityRights: readPriorityRights(read, row['priorityRights'] ?? [], `${at}/priorityRights`, currency),
    ...read.optional(row, 'restriction', at, (v, p) => readRestriction(read, v, p, currency)),
    ...read.optional(row, 'coOwners', at, (v, p) => read.rows(v, p, CO_OWNERS_MAX).map((one, i) => read.text(one, `${p}/${i}`))),
    ...read.optional(row, 'asset', at, (v, p) => readAsset(read, v, p)),
  };
}

function readRestriction(read: TypedReader, value: unknown, at: string, currency: string) {
  const row = read.row(value, at, ['code', 'freeze', 'deduct', 'reserve', 'basis']);
  return {
    code: read.text(row['code'], `${at}/code`, 60),
    ...read.optional(row, 'freeze', at, (v, p) => read.word(v, p, PERMISSIONS)),
    ...read.optional(row, 'deduct', at, (v, p) => read.word(v, p, PERMISSIONS)),
    ...read.optional(row, 'reserve', at, (v, p) => read.money(v, p, currency)),
    ...read.optional(row, 'basis', at, (v, p) => read.text(v, p)),
  };
}

function readAsset(read: TypedReader, value: unknown, at: string) {
  const row = read.row(value, at, ['productNumber', 'shares', 'unitPrice']);
  return {
    productNumber: read.text(row['productNumber'], `${at}/productNumber`, 60),
    shares: read.text(row['shares'], `${at}/shares`, 60),
    unitPrice: read.text(row['unitPrice'], `${at}/unitPrice`, 60),
  };
}
