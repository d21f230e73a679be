import type { CourtAccountRef, CredentialRef, DocumentRef, OrderDispatched, OrderLine } from '#contracts';
import { addDays, instantText, invariant, moneyJson, type Instant } from '#kernel';
import type { MeasureRow } from '../../adapters/store/measures-reading.js';
import type { ResolvedLine, ResolvedRequest } from '../judge-request/lines.js';
import type { Situation } from '../judge-request/situation.js';

/** An order that is about to leave: its number is given, its documents carry their seals. */
export interface OrderToSend {
  readonly orderNumber: string;
  readonly bank: string;
  readonly legalPerson: string;
  readonly debtorId: string;
  /** In the order of their sequence numbers, which begin at 1. */
  readonly lines: readonly ResolvedLine[];
  readonly documents: readonly DocumentRef[];
}

export interface Lane {
  readonly id: string;
  readonly number: number;
}

/** What the orders of one request share. */
export interface SharedBody {
  readonly requestId: string;
  readonly request: ResolvedRequest;
  readonly situation: Situation;
  readonly at: Instant;
}

/** Whom an order is about, in clear. */
export type Debtor = OrderDispatched['debtor'];

/** What a bank's connector is told: this order's debtor, lines and documents and nothing of any other (I1). */
export function orderBodyOf(shared: SharedBody, order: OrderToSend, debtor: Debtor, lane: Lane | undefined): OrderDispatched {
  const { request, situation } = shared;
  const { case: row } = situation;
  return {
    orderNumber: order.orderNumber,
    requestId: shared.requestId,
    action: request.action,
    bank: order.bank,
    legalPerson: order.legalPerson,
    ...(lane ? { lane } : {}),
    dispatchedAt: instantText(shared.at),
    case: {
      id: row.id,
      number: row.case_number,
      kind: row.kind,
      status: row.status,
      courtCode: row.court_code,
      courtName: situation.courtName,
    },
    officer: officerOf(situation, order.bank),
    debtor,
    documents: order.documents,
    lines: request.action === 'inquire' ? [] : order.lines.map((line, index) => lineOf(shared, line, index + 1)),
    ...(request.transactions ? { transactions: request.transactions } : {}),
    ...(request.action === 'deduct' ? { courtAccount: courtAccountOf(situation) } : {}),
  };
}

function officerOf({ officer, filings }: Situation, bank: string): OrderDispatched['officer'] {
  const filing = filings.find((one) => one.bank === bank);
  invariant(officer && filing, 'the gates have found the officer filed with the bank');
  const credentials: CredentialRef[] = [
    { kind: 'work', number: officer.workId, ...(officer.workIdImage === undefined ? {} : { imageDigest: officer.workIdImage }) },
    { kind: 'duty', number: officer.dutyId, ...(officer.dutyIdImage === undefined ? {} : { imageDigest: officer.dutyIdImage }) },
  ];
  return {
    id: officer.id,
    name: officer.name,
    ...(officer.phone === undefined ? {} : { phone: officer.phone }),
    validTo: officer.validTo,
    filedTo: filing.to,
    credentials,
  };
}

function courtAccountOf({ courtAccount }: Situation): CourtAccountRef {
  invariant(courtAccount, 'the gates have found the court account');
  const { registered: _, ...account } = courtAccount;
  return account;
}

/** The members of a line that belong to its action, and no others. */
function lineOf(shared: SharedBody, line: ResolvedLine, seq: number): OrderLine {
  const { situation } = shared;
  invariant(line.account, 'a control line concerns an account');
  const asset = situation.holdings.find(({ row }) => row.id === line.holdingId)?.asset;
  return {
    seq,
    account: line.account.number,
    currency: line.currency,
    kind: line.kind,
    ...(asset ? { productNumber: asset.productNumber } : {}),
    ...askedOf(shared, line),
    ...(line.measureId === undefined ? {} : { original: originalOf(situation, line.measureId) }),
  };
}

function askedOf({ request, situation }: SharedBody, line: ResolvedLine): Partial<OrderLine> {
  switch (request.action) {
    case 'inquire':
      return {};
    case 'freeze':
      return { amount: moneyJson(line.amount ?? 0n, line.currency), scope: line.scope ?? 'funds', ...request.term };
    case 'renew':
      return {
        from: addDays(measureOf(situation, line.measureId).to_date, 1),
        ...(request.until === undefined ? {} : { to: request.until }),
      };
    case 'release':
      return { newLimit: moneyJson(line.newLimit ?? 0n, line.currency) };
    case 'deduct':
      return { amount: moneyJson(line.amount ?? 0n, line.currency) };
  }
}

/** R15: the freeze that is meant, by its own order, line and case. */
function originalOf(situation: Situation, measureId: string): OrderLine['original'] {
  const measure = measureOf(situation, measureId);
  return { orderNumber: measure.order_number, seq: measure.seq, caseNumber: situation.case.case_number };
}

function measureOf({ measures }: Situation, measureId: string | undefined): MeasureRow {
  const measure = measures.find(({ id }) => id === measureId);
  invariant(measure, 'the line was resolved against these measures');
  return measure;
}
