import { freeText, NotReadable, type AnswerContent } from '#connector-sdk';
import { AppError } from '#kernel';
import type { HoldingLine, OrderDispatched } from '#contracts';
import { accountOf, type Telling } from './account-reader.js';
import { boxOf } from './box-reader.js';
import { ACCOUNTS, BOXES, codeIn, idSchemeOf } from './codes.js';
import { childElements, childrenNamed, elementAt, everyElement, textAt, textOf } from './elements.js';
import { INVESTIGATION_STATUSES, type InvestigationStatus } from './status-table.js';
import { leaf, tag } from './xml-writer.js';

/**
 * `SchCrit`: one customer, by name and identity document together, and his accounts. The profile knows no other question than that for every
 * role; which of them makes an account his property is for the reader to see.
 * @throws AppError `unsupported-by-dialect`
 */
export function writeCriteria({ debtor, officer, transactions }: OrderDispatched): string {
  if (transactions) throw new AppError('unsupported-by-dialect', '该银行的报文无法查询交易明细');
  const scheme = idSchemeOf(debtor.kind, debtor.idType);
  if (!scheme) throw new AppError('unsupported-by-dialect', `该银行的报文无法表达证件类型 ${debtor.idType}`);
  const other = tag('Othr', leaf('Id', debtor.idNumber, 35) + tag('SchmeNm', leaf(scheme.kind, scheme.code, 35)));
  const party = leaf('Nm', debtor.name, 140) + tag('Id', tag(debtor.kind === 'person' ? 'PrvtId' : 'OrgId', other));
  const asked =
    tag('Tp', leaf('MsgNmId', ACCOUNTS, 35)) +
    tag('InvstgtdRoles', leaf('Cd', 'ALLP', 4)) +
    leaf('AddtlInf', `承办人 ${officer.name}${officer.phone === undefined ? '' : ` 电话 ${officer.phone}`}`, 500);
  return tag('CstmrId', tag('Pty', party) + tag('AuthrtyReq', asked));
}

/** Accounts and boxes of one answer. */
const HOLDINGS_MAX = 500;
/** `09`: other (docs/rules.md, Reasons). */
const NOT_ANSWERED = '09';

/**
 * The results of a complete response. One supplement a register, so there may be several of a kind; they are read as one.
 * @throws NotReadable
 */
export function readInquiry(response: Element, { debtor, orderNumber }: OrderDispatched, day: string): AnswerContent {
  const telling: Telling = { debtor, day, disputed: disputedIn(response) };
  const told = childrenNamed(response, 'RtrInd').map((one) => ({ one, of: textAt(one, 'AuthrtyReqTp', 'MsgNmId') ?? '' }));
  const statuses = told.filter(({ of }) => of === ACCOUNTS).map(({ one }) => statusOf(one));
  if (statuses.length === 0) throw new NotReadable('not a word on accounts');
  if (statuses.includes('found-and-not-told')) throw new NotReadable('accounts were found and not told');
  if (statuses.includes('not-applicable')) return notAnswered(told, statuses);
  const holdings = told.flatMap(({ one }) => holdingsIn(one, telling, orderNumber));
  if (holdings.length > HOLDINGS_MAX) throw new NotReadable(`more than ${HOLDINGS_MAX} accounts`);
  if (new Set(holdings.map(({ account }) => account)).size < holdings.length) throw new NotReadable('an account is told twice');
  return { inquiry: { result: holdings.length === 0 ? 'no-account' : 'found', holdings } };
}

/** A question that is not answered is neither "found" nor "not found": the order comes back with what was said. @throws NotReadable when it was answered too */
function notAnswered(
  told: readonly { readonly one: Element; readonly of: string }[],
  statuses: readonly (InvestigationStatus | undefined)[],
): AnswerContent {
  if (statuses.some((status) => status !== 'not-applicable')) throw new NotReadable('accounts are told and not told');
  const notes = told.filter(({ of }) => of === ACCOUNTS).map(({ one }) => textAt(one, 'AddtlInf') ?? '');
  const note = ['银行不答复此项查询 (NOAP)', ...notes].filter((one) => one !== '').join(' ');
  return { rollback: { code: NOT_ANSWERED, note: freeText(note, 'AddtlInf') } };
}

/** Undefined where a result stands. */
function statusOf(indicator: Element): InvestigationStatus | undefined {
  const code = textAt(indicator, 'InvstgtnRslt', 'InvstgtnSts');
  return code === undefined ? undefined : codeIn(INVESTIGATION_STATUSES, code, 'InvstgtnSts');
}

/** What customers there are and who benefits from whom (`fin.013`) is no property. @throws NotReadable */
function holdingsIn(indicator: Element, telling: Telling, orderNumber: string): readonly HoldingLine[] {
  const document = elementAt(indicator, 'InvstgtnRslt', 'Rslt', 'Document');
  const body = document && childElements(document)[0];
  if (!body) return [];
  const kind = textAt(indicator, 'AuthrtyReqTp', 'MsgNmId') ?? '';
  if (!(document.namespaceURI ?? '').endsWith(`:${kind}`)) throw new NotReadable('a result of another kind than is said');
  if (textAt(body, 'InvstgtnId') !== orderNumber) throw new NotReadable('a result names another order');
  const [each, read] = kind === ACCOUNTS ? (['AcctAndPties', accountOf] as const) : (['SdBoxAndPties', boxOf] as const);
  if (kind !== ACCOUNTS && kind !== BOXES) return [];
  return childrenNamed(body, each).flatMap((one) => read(one, telling) ?? []);
}

/** Numbers of accounts and persons whose details somebody disputes. */
function disputedIn(response: Element): ReadonlySet<string> {
  const lists = childrenNamed(response, 'SplmtryData').flatMap((one) => elementAt(one, 'Envlp', 'Document') ?? []);
  const entities = lists.flatMap((list) => [...everyElement(list)]).filter(({ localName }) => localName === 'DisputedEntityId');
  return new Set(entities.flatMap((entity) => childrenNamed(entity, 'Id').map(textOf)));
}
