import { Ajv, type ValidateFunction } from 'ajv';
import { AppError, canonicalBytes, parseStrictJson, type CanonicalValue } from '#kernel';
import { caseErasedSchema, caseErasureAskedSchema, type CaseErased, type CaseErasureAsked } from './messages/case-erasure.js';
import type { OrderDispatched } from './messages/order-dispatched.js';
import { orderDispatchedSchema } from './messages/order-dispatched.js';
import {
  gatesChangedSchema,
  orderResolvedSchema,
  orderWithdrawalAskedSchema,
  type GatesChanged,
  type OrderResolved,
  type OrderWithdrawalAsked,
} from './messages/order-gates.js';
import { orderProgressedSchema, type OrderProgressed } from './messages/order-progressed.js';
import { messagesTakenSchema, type MessagesTaken } from './messages/messages-taken.js';
import type { OrderAnswered } from './messages/order-answered.js';
import type { BankNotified } from './messages/bank-notified.js';
import { bankStatedSchema, type BankStated } from './messages/bank-stated.js';
import { bankNotifiedSchema, factRecordedSchema, orderAnsweredSchema, type FactRecorded } from './messages/answer-schemas.js';

/** Every message type with the shape of its body. A published version never changes; a new one gets a new name. */
export interface Contracts {
  'order.dispatched.v1': OrderDispatched;
  'order.withdrawal-asked.v1': OrderWithdrawalAsked;
  'order.resolved.v1': OrderResolved;
  'gates.changed.v1': GatesChanged;
  'case.erasure-asked.v1': CaseErasureAsked;
  'case.erased.v1': CaseErased;
  'order.progressed.v1': OrderProgressed;
  'order.answered.v1': OrderAnswered;
  'bank.notified.v1': BankNotified;
  'bank.stated.v1': BankStated;
  'fact.recorded.v1': FactRecorded;
  'messages.taken.v1': MessagesTaken;
}

export type MessageType = keyof Contracts;

export interface ContractEntry {
  /** Topic, with `<bank>` where there is one per bank. */
  readonly topic: string;
  /** What the message's key is, in words. */
  readonly keyRule: string;
  /** The body holds personal data and is sealed under the data key of `headers.caseId`. */
  readonly sealed: boolean;
  readonly schema: object;
}

export const contracts: Readonly<Record<MessageType, ContractEntry>> = {
  'order.dispatched.v1': {
    topic: 'orders.<bank>.v1',
    keyRule: 'lane id, or order number of an inquiry',
    sealed: true,
    schema: orderDispatchedSchema,
  },
  'order.withdrawal-asked.v1': { topic: 'orders.<bank>.v1', keyRule: 'as its order', sealed: false, schema: orderWithdrawalAskedSchema },
  'order.resolved.v1': { topic: 'orders.<bank>.v1', keyRule: 'as its order', sealed: false, schema: orderResolvedSchema },
  'gates.changed.v1': { topic: 'orders.<bank>.v1', keyRule: 'case id or officer id', sealed: false, schema: gatesChangedSchema },
  'case.erasure-asked.v1': { topic: 'orders.<bank>.v1', keyRule: 'case id', sealed: false, schema: caseErasureAskedSchema },
  'case.erased.v1': { topic: 'order-events.v1', keyRule: 'case id', sealed: false, schema: caseErasedSchema },
  'order.progressed.v1': { topic: 'order-events.v1', keyRule: 'order number', sealed: false, schema: orderProgressedSchema },
  'order.answered.v1': { topic: 'answers.v1', keyRule: 'order number', sealed: true, schema: orderAnsweredSchema },
  'bank.notified.v1': { topic: 'notices.v1', keyRule: 'order number and line of the measure', sealed: true, schema: bankNotifiedSchema },
  'bank.stated.v1': { topic: 'notices.v1', keyRule: 'bank and business day', sealed: false, schema: bankStatedSchema },
  'fact.recorded.v1': { topic: 'facts.v1', keyRule: 'source and subject', sealed: false, schema: factRecordedSchema },
  'messages.taken.v1': { topic: 'receipts.v1', keyRule: 'source of the messages', sealed: false, schema: messagesTakenSchema },
};

export const ordersTopic = (bank: string): string => `orders.${bank}.v1`;
export const ORDER_EVENTS_TOPIC = 'order-events.v1';
export const ANSWERS_TOPIC = 'answers.v1';
export const NOTICES_TOPIC = 'notices.v1';
export const RECEIPTS_TOPIC = 'receipts.v1';

const ajv = new Ajv({ allErrors: false, strict: true, strictRequired: false });
const validators = Object.fromEntries(
  Object.entries(contracts).map(([type, entry]) => [type, ajv.compile(entry.schema)]),
) as unknown as Readonly<Record<MessageType, ValidateFunction>>;

function check(type: MessageType, body: unknown): void {
  const validate = validators[type];
  if (validate(body)) return;
  const first = validate.errors?.[0];
  throw new AppError('contract-broken', `${type}${first?.instancePath ?? ''} ${first?.message ?? 'is wrong'}`, { level: 'error' });
}

/** The canonical bytes of a body. @throws AppError `contract-broken` when it does not fit its schema. */
export function encodeBody<T extends MessageType>(type: T, body: Contracts[T]): Buffer {
  check(type, body);
  return canonicalBytes(body as unknown as CanonicalValue);
}

/** Reads a body strictly. @throws AppError `contract-broken`, `invalid` */
export function decodeBody<T extends MessageType>(type: T, bytes: Uint8Array): Contracts[T] {
  const body = parseStrictJson(bytes);
  check(type, body);
  return body as Contracts[T];
}
