import { MINOR_MAX } from '#kernel';
import type { AccountEntry, CustomerEntry, HeldEntry } from '../../book/customers.js';
import { ACCOUNT_KINDS, type Opaque } from '../../book/model.js';
import { isDecimalText, productWorth } from '../../book/product-worth.js';
import { BodyReader } from './body-reader.js';

export const CUSTOMERS_MAX = 200_000;
/** What one answer to an inquiry can list. */
const ACCOUNTS_MAX = 500;
const MEASURES_MAX = 100;
const TEXT_MAX = 200;
const NUMBER_MAX = 40;
const DECIMAL_MAX = 30;

/**
 * Reads the body of `PUT customers`: a list, or what `GET` gave. Members that are only for reading (available, freezes)
 * and members of others are passed by.
 * @throws AppError `invalid` with a pointer to each fault
 */
export function readCustomerEntries(body: unknown, legalPersons: readonly string[]): CustomerEntry[] {
  const reader = new BodyReader();
  const isView = typeof body === 'object' && body !== null && 'items' in body;
  const items = isView ? body.items : body;
  if (items === undefined || items === null) reader.wrong('', '必须是客户数组');
  const entries = reader.list(items, '', CUSTOMERS_MAX).map((item, i) => readCustomer(reader, item, `/${i}`, legalPersons));
  reader.finish();
  return entries;
}

function readCustomer(reader: BodyReader, item: unknown, at: string, legalPersons: readonly string[]): CustomerEntry {
  const members = reader.members(item, at);
  const accounts = reader.list(members['accounts'], `${at}/accounts`, ACCOUNTS_MAX);
  return {
    name: reader.text(members['name'], `${at}/name`, TEXT_MAX),
    idType: reader.text(members['idType'], `${at}/idType`, NUMBER_MAX),
    idNumber: reader.text(members['idNumber'], `${at}/idNumber`, TEXT_MAX),
    accounts: accounts.map((account, i) => readAccount(reader, account, `${at}/accounts/${i}`, legalPersons)),
  };
}

function readAccount(reader: BodyReader, item: unknown, at: string, legalPersons: readonly string[]): AccountEntry {
  const members = reader.members(item, at);
  const currency = reader.currency(members['currency'], `${at}/currency`);
  const held = reader.list(members['held'], `${at}/held`, MEASURES_MAX);
  const rights = reader.list(members['priorityRights'], `${at}/priorityRights`, MEASURES_MAX);
  const legalPerson = reader.optionalText(members['legalPerson'], `${at}/legalPerson`, NUMBER_MAX);
  if (legalPerson !== undefined && legalPersons.length > 0 && !legalPersons.includes(legalPerson)) {
    reader.wrong(`${at}/legalPerson`, `该银行没有此法人，应为 ${legalPersons.join('、')}`);
  }
  const shares = readDecimal(reader, members['shares'], `${at}/shares`);
  const unitPrice = readDecimal(reader, members['unitPrice'], `${at}/unitPrice`);
  if (shares !== undefined && unitPrice !== undefined && productWorth(shares, unitPrice, currency) > MINOR_MAX) {
    reader.wrong(`${at}/shares`, '份额与单价之积超过银行可记录的最大金额');
  }
  return {
    number: reader.text(members['number'], `${at}/number`, NUMBER_MAX),
    kind: reader.oneOf(members['kind'], `${at}/kind`, ACCOUNT_KINDS, 'current'),
    currency,
    balance: reader.money(members['balance'], `${at}/balance`, currency),
    held: held.map((entry, i) => readHeld(reader, entry, `${at}/held/${i}`, currency)),
    priorityRights: rights as readonly Opaque[],
    state: reader.optionalText(members['state'], `${at}/state`, NUMBER_MAX),
    restriction: reader.opaque(members['restriction']),
    shares,
    unitPrice,
    productNumber: reader.optionalText(members['productNumber'], `${at}/productNumber`, NUMBER_MAX),
    legalPerson,
  };
}

function readHeld(reader: BodyReader, item: unknown, at: string, currency: string): HeldEntry {
  const members = reader.members(item, at);
  return {
    authority: reader.text(members['authority'], `${at}/authority`, TEXT_MAX),
    document: reader.text(members['document'], `${at}/document`, TEXT_MAX),
    amount: reader.money(members['amount'], `${at}/amount`, currency),
    until: reader.date(members['until'], `${at}/until`),
  };
}

/** Shares and prices are decimal texts; a plain number is taken too, by its shortest spelling. */
function readDecimal(reader: BodyReader, value: unknown, pointer: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text === 'string' && text.length <= DECIMAL_MAX && isDecimalText(text)) return text;
  reader.wrong(pointer, '必须是十进制数文本');
  return undefined;
}
