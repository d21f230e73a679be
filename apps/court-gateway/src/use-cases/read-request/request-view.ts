import { instantText, moneyJson, type Instant } from '#kernel';
import { maskAccount, type DataKey } from '#privacy';
import { progressOf } from '#orders';
import { lineAccount, lineReason, openOutcome, progressOfOrder, type LineRow, type OrderRow } from '../../adapters/store/order-rows.js';
import { openTerms, requiredRoles, type ApprovalRow, type RequestRow } from '../../adapters/store/request-rows.js';
import type { Vault } from '../../vault.js';
import type { AcceptedRequest } from '../post-request/accept-request.js';

/** What a request is shown from. */
export interface ShownRequest {
  readonly request: RequestRow;
  readonly approvals: readonly ApprovalRow[];
  readonly orders: readonly OrderRow[];
  readonly lines: readonly LineRow[];
  /** Names of users by id. */
  readonly names: ReadonlyMap<string, string>;
  /** What holds a bank's orders back before they leave; left out where nothing can. */
  readonly waitingFor?: (bank: string) => Waiting | undefined;
}

/** Why an order has not left yet, and until when, where that is known. */
export interface Waiting {
  readonly code: 'bank-closed';
  readonly until?: Instant;
}

/** What seals are opened with; left out when the case's content was erased, and the sealed parts with it. */
export interface Opener {
  readonly vault: Vault;
  readonly caseKey: DataKey;
}

type View = Readonly<Record<string, unknown>>;

/** The answer to a posting. */
export function acceptedView(accepted: AcceptedRequest): View {
  const { id, status, command, required, orders } = accepted;
  return {
    id,
    action: command.action,
    caseId: command.caseId,
    status,
    approvals: { required, given: [] },
    orders: orders.map(({ orderNumber, bank, legalPerson, debtorId }) => ({ orderNumber, bank, legalPerson, debtorId, status: 'queued' })),
  };
}

/** A request as lists and details show it: accounts masked, members that say nothing left out. */
export function requestView(shown: ShownRequest, opener: Opener | undefined): View {
  const { request, orders, lines } = shown;
  const required = requiredRoles(request);
  return {
    id: request.id,
    action: request.action,
    caseId: request.case_id,
    status: request.status,
    at: instantText(request.at),
    by: request.by_user,
    ...named('byName', shown.names.get(request.by_user)),
    ...(request.drafted_by_system === 1 ? { draftedBySystem: true } : {}),
    approvals: { required: required.length, roles: required, given: givenOf(shown) },
    ...decisionOf(shown, opener),
    ...time('lapsesAt', request.status === 'awaiting-approval' ? request.lapse_at : null),
    ...time('dispatchedAt', request.dispatched_at),
    ...time('endedAt', request.ended_at),
    ...(opener ? termsOf(request, opener) : {}),
    progress: progressOf(orders.map((order) => progressOfOrder(order, lines))),
    orders: orders.map((order) =>
      orderView(
        order,
        lines.filter(({ order_number }) => order_number === order.order_number),
        opener,
        request.status === 'dispatched' ? shown.waitingFor?.(order.bank) : undefined,
      ),
    ),
  };
}

function givenOf({ approvals, names }: ShownRequest): readonly View[] {
  return approvals
    .filter(({ decision }) => decision === 'approve')
    .map(({ by_user, role, at }) => ({ by: by_user, ...named('byName', names.get(by_user)), role, at: instantText(at) }));
}

/** Who refused, when, and why. */
function decisionOf({ approvals, names }: ShownRequest, opener: Opener | undefined): View {
  const refusal = approvals.find(({ decision }) => decision !== 'approve');
  if (!refusal) return {};
  const { decision, by_user, at, reason_sealed, request_id, seq } = refusal;
  const reason =
    opener && reason_sealed !== null
      ? opener.vault.open<string>(opener.caseKey, 'approvals', 'reason_sealed', `${request_id}/${seq}`, reason_sealed)
      : undefined;
  return {
    decision: { decision, by: by_user, ...named('byName', names.get(by_user)), at: instantText(at), ...named('reason', reason) },
  };
}

function termsOf(request: RequestRow, { vault, caseKey }: Opener): View {
  const { reason, ground, transactions, term, until } = openTerms(vault, caseKey, request);
  return {
    ...named('reason', reason),
    ...named('ground', ground),
    ...named('transactions', transactions),
    ...named('term', term),
    ...named('until', until),
  };
}

export function orderView(order: OrderRow, lines: readonly LineRow[], opener: Opener | undefined, waiting?: Waiting): View {
  const outcome = opener && openOutcome(opener.vault, opener.caseKey, order);
  const note = outcome?.note ?? '';
  return {
    orderNumber: order.order_number,
    bank: order.bank,
    legalPerson: order.legal_person,
    debtorId: order.debtor_id,
    status: order.status,
    overdue: order.overdue === 1,
    ...(order.nothing_found === null ? {} : { nothingFound: order.nothing_found === 1 }),
    ...time('availableAt', order.available_at),
    ...time('receivedAt', order.received_at),
    ...time('dueAt', order.due_at),
    ...time('sentAt', order.sent_at),
    ...time('answeredAt', order.answered_at),
    ...withdrawalOf(order),
    ...waitingOf(order, waiting),
    lines: lines.filter((line) => line.account_sealed !== null).map((line) => lineView(line, opener)),
    ...(order.outcome_code !== null && order.status === 'rolled-back' ? { rollback: { code: order.outcome_code, note } } : {}),
    ...(order.outcome_code !== null && order.status === 'withdrawn' ? { withdrawn: { code: order.outcome_code, note } } : {}),
  };
}

/** What became of asking an order back: it is `withdrawn`, or it had left and stays as it is. */
function withdrawalOf({ withdrawal, status }: OrderRow): View {
  if (withdrawal === null || status === 'withdrawn') return {};
  const had = withdrawal === 'already-sent' || status !== 'queued';
  return had ? { code: 'already-sent' } : { withdrawal: 'asked' };
}

/** Its clock (R11) has not begun: it begins with the bank's receipt, or when the bank could fetch it. */
function waitingOf(order: OrderRow, waiting: Waiting | undefined): View {
  if (!waiting || order.status !== 'queued' || order.available_at !== null) return {};
  return { waiting: { code: waiting.code, ...time('until', waiting.until ?? null) } };
}

function lineView(line: LineRow, opener: Opener | undefined): View {
  const account = opener && lineAccount(opener.vault, opener.caseKey, line);
  return {
    seq: line.seq,
    ...named('account', account === undefined ? undefined : maskAccount(account)),
    ...(line.status === 'open' ? {} : { status: line.status }),
    ...named('holdingId', line.holding_id ?? undefined),
    ...named('measureId', line.measure_id ?? undefined),
    ...named('scope', line.scope ?? undefined),
    ...money('amount', line.amount, line.currency),
    ...money('newLimit', line.new_limit, line.currency),
    ...money('limit', line.result_limit, line.currency),
    ...money('covered', line.covered, line.currency),
    ...money('uncovered', line.uncovered, line.currency),
    ...money('moved', line.moved, line.currency),
    ...named('credit', line.credit ?? undefined),
    ...named('expectedOn', line.expected_on ?? undefined),
    ...named('reasonCode', line.reason_code ?? undefined),
    ...named('reason', opener && lineReason(opener.vault, opener.caseKey, line)),
  };
}

function named(name: string, value: unknown): View {
  return value === undefined ? {} : { [name]: value };
}

function time(name: string, at: Instant | null): View {
  return at === null ? {} : { [name]: instantText(at) };
}

function money(name: string, minor: number | null, currency: string): View {
  return minor === null ? {} : { [name]: moneyJson(BigInt(minor), currency) };
}
