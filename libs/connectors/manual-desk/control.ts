import type { ControlLine, OrderDispatched } from '#contracts';
import type { TypedAnswer } from '#connector-sdk';
import { readPriorityRights, readPriorMeasures } from './rights-reader.js';
import { STATUS_TABLE } from './status-table.js';
import { TypedReader } from './typed-reader.js';

const LINES_MAX = 500;
const RANK_MAX = 10_000;
const SEQ_MAX = 1_000_000;
const STATUSES = Object.keys(STATUS_TABLE) as readonly (keyof typeof STATUS_TABLE)[];
const AMOUNTS = ['limit', 'balance', 'available', 'covered', 'uncovered'] as const;
const DATES = ['from', 'to', 'expectedOn'] as const;
const MEMBERS = ['seq', 'status', ...AMOUNTS, ...DATES, 'rank', 'reason', 'moved', 'priorMeasures', 'priorityRights'];
const TRANSFER_STATES = ['sent', 'credited', 'returned'] as const;

/**
 * Reads a typed answer to a control order. Every line that is still open must be answered, exactly once, and no other.
 * R26: a refusal says why.
 */
export function readControl(typed: unknown, order: OrderDispatched, openSeqs: ReadonlySet<number>): TypedAnswer {
  const read = new TypedReader();
  const body = read.row(typed, '', ['result', 'lines']);
  if (body['result'] !== undefined && body['result'] !== null) read.fault('/result', '控制类请求不填查询结果');
  const missing = new Set(openSeqs);
  const lines = read.rows(body['lines'], '/lines', LINES_MAX).map((one, i) => {
    const line = readLine(read, one, `/lines/${i}`, order);
    if (!missing.delete(line.seq)) read.fault(`/lines/${i}/seq`, '不是尚待反馈的序号，或重复反馈');
    return line;
  });
  for (const seq of missing) read.fault('/lines', `缺少序号${seq}的反馈`);
  read.done();
  return { control: { lines } };
}

function readLine(read: TypedReader, value: unknown, at: string, order: OrderDispatched): ControlLine {
  const row = read.row(value, at, MEMBERS);
  const seq = read.whole(row['seq'], `${at}/seq`, 1, SEQ_MAX);
  const currency = order.lines.find((line) => line.seq === seq)?.currency ?? 'CNY';
  const status = STATUS_TABLE[read.word(row['status'], `${at}/status`, STATUSES)];
  if (status === 'refused' && (row['reason'] === undefined || row['reason'] === null)) read.fault(`${at}/reason`, '未能控制的须说明原因');
  const amounts = AMOUNTS.map((name) => read.optional(row, name, at, (v, p) => read.money(v, p, currency)));
  const dates = DATES.map((name) => read.optional(row, name, at, (v, p) => read.date(v, p)));
  return Object.assign(
    { seq, status },
    ...amounts,
    ...dates,
    read.optional(row, 'rank', at, (v, p) => read.whole(v, p, 1, RANK_MAX)),
    read.optional(row, 'reason', at, (v, p) => readReason(read, v, p)),
    read.optional(row, 'moved', at, (v, p) => readMoved(read, v, p, currency)),
    read.optional(row, 'priorMeasures', at, (v, p) => readPriorMeasures(read, v, p, currency)),
    read.optional(row, 'priorityRights', at, (v, p) => readPriorityRights(read, v, p, currency)),
  ) as ControlLine;
}

/** A plain text is a reason without a code of the list. */
function readReason(read: TypedReader, value: unknown, at: string): NonNullable<ControlLine['reason']> {
  if (typeof value === 'string') return { code: 'OFFLINE_HANDLING', text: read.text(value, at) };
  const row = read.row(value, at, ['code', 'text']);
  return { code: read.text(row['code'], `${at}/code`, 60), text: read.text(row['text'], `${at}/text`) };
}

function readMoved(read: TypedReader, value: unknown, at: string, currency: string) {
  const row = read.row(value, at, ['principal', 'interest', 'fee', 'serial', 'valueDate', 'channel', 'state']);
  return {
    principal: read.money(row['principal'], `${at}/principal`, currency),
    ...read.optional(row, 'interest', at, (v, p) => read.money(v, p, currency)),
    ...read.optional(row, 'fee', at, (v, p) => read.money(v, p, currency)),
    serial: read.text(row['serial'], `${at}/serial`, 60),
    valueDate: read.date(row['valueDate'], `${at}/valueDate`),
    channel: read.text(row['channel'], `${at}/channel`, 60),
    state: read.word(row['state'], `${at}/state`, TRANSFER_STATES),
  };
}
