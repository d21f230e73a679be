import type { TypedAnswer } from '#connector-sdk';
import { instantText, type Instant } from '#kernel';
import { maskIdNumber, maskName } from '#privacy';
import type { DeskRow, ReceiptRow } from '../../adapters/store/desk-rows.js';
import type { KnownOrder, OrderVault } from '../../adapters/store/order-vault.js';
import type { DeskOrder } from './desks.js';

const optionalTime = (at: number | null): string | undefined => (at === null ? undefined : instantText(at));

/** One line of the desk's list and of its register: masked. */
export function deskItem(seen: DeskRow, known: KnownOrder | undefined, now: Instant): object {
  const { order } = known ?? {};
  return {
    orderNumber: seen.order_number,
    action: seen.action,
    status: seen.status,
    legalPerson: order?.legalPerson,
    caseNumber: order?.case.number,
    court: order && { code: order.case.courtCode, name: order.case.courtName },
    officer: order && { name: order.officer.name, phone: order.officer.phone },
    debtor: order && {
      name: order.debtor.kind === 'person' ? maskName(order.debtor.name) : order.debtor.name,
      idType: order.debtor.idType,
      idNumber: maskIdNumber(order.debtor.idNumber),
    },
    lines: order?.lines.length,
    receivedAt: instantText(seen.received_at),
    dueAt: instantText(seen.due_at),
    overdue: now > seen.due_at && (seen.status === 'received' || seen.status === 'in-review'),
    answeredBy: seen.answered_name ?? undefined,
    answeredAt: optionalTime(seen.answered_at),
    reviewedBy: seen.reviewed_name ?? undefined,
    reviewedAt: optionalTime(seen.reviewed_at),
  };
}

/** Everything that the clerk needs to do his work, in clear. Reading it is a fact. */
export function deskDetail({ desk, known, seen }: DeskOrder, receipts: readonly ReceiptRow[], now: Instant): object {
  const { order } = known;
  const { vault } = desk.context;
  return {
    ...deskItem(seen, known, now),
    version: seen.version,
    caseKind: order.case.kind,
    officer: { name: order.officer.name, phone: order.officer.phone, credentials: order.officer.credentials },
    debtor: order.debtor,
    documents: order.documents.map(({ type, number, title, sha256, size, seal }) => ({ type, number, title, sha256, size, seal })),
    lines: order.lines,
    transactions: order.transactions,
    courtAccount: order.courtAccount,
    draft: openDraft(vault, known, seen),
    rejected: openRejection(vault, known, seen),
    receipts: receipts.map((receipt) => receiptView(vault, known, receipt)),
  };
}

export function openDraft(vault: OrderVault, { key }: KnownOrder, seen: DeskRow): TypedAnswer | undefined {
  if (seen.draft_sealed === null) return undefined;
  return vault.openJson<TypedAnswer>(key, 'desk_orders', 'draft_sealed', seen.order_number, seen.draft_sealed);
}

function openRejection(vault: OrderVault, { key }: KnownOrder, seen: DeskRow): object | undefined {
  if (seen.rejected_sealed === null) return undefined;
  return vault.openJson<object>(key, 'desk_orders', 'rejected_sealed', seen.order_number, seen.rejected_sealed);
}

export function receiptView(vault: OrderVault, { key }: KnownOrder, receipt: ReceiptRow) {
  const { id, sha256, size, at } = receipt;
  const name = vault.openJson<string>(key, 'desk_receipts', 'name_sealed', id, receipt.name_sealed);
  return { id, name, sha256, size, at: instantText(at) };
}
