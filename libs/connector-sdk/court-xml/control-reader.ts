import { errorText } from '#kernel';
import { CO_OWNERS_MAX, type ControlLine, type MovedMoney, type OrderLine, type PriorityRight, type PriorMeasure } from '#contracts';
import type { DialectCodes } from '../profile-codes.js';
import { CO_OWNER, OTHER_REASON, SCOPES } from './codes.js';
import {
  childrenOf,
  codeOf,
  compact,
  currencyOf,
  dayOf,
  exactText,
  freeText,
  moneyOf,
  optionalExact,
  requiredMoney,
  TEXT_MAX,
  valueOf,
  wholeNumber,
} from './values.js';
import { NotReadable, type XmlElement } from './xml-element.js';

/** What one account may carry; a bank that says more cannot be read. */
const MEASURES_MAX = 200;

/** Reads one `kzxx` as the answer to `line`. Whatever is wrong with it leaves that one line undetermined. */
export function controlLineOf(record: XmlElement, line: OrderLine, codes: DialectCodes): ControlLine {
  try {
    return readLine(record, line, codes);
  } catch (error) {
    if (!(error instanceof NotReadable)) throw error;
    return { seq: line.seq, status: 'undetermined', reason: { code: 'FORMAT', text: errorText(error).slice(0, TEXT_MAX) } };
  }
}

function readLine(record: XmlElement, line: OrderLine, codes: DialectCodes): ControlLine {
  const status = statusOf(record, codes);
  const account = valueOf(record, 'KHZH');
  if (account !== undefined && account !== line.account) throw new NotReadable('KHZH names another account');
  if (valueOf(record, 'KZNR') !== undefined) codeOf(record, 'KZNR', SCOPES);
  const currency = currencyOf(record, 'EX1_BZ', line.currency);
  // The dates are filled in even where nothing was done, because the interface demands them; then they say nothing.
  const isOfMeasure = status !== 'refused';
  return compact({
    seq: line.seq,
    status,
    limit: moneyOf(record, 'DJXE', currency),
    balance: moneyOf(record, 'YE', currency),
    available: moneyOf(record, 'KYYE', currency),
    covered: moneyOf(record, 'SKJE', currency),
    uncovered: moneyOf(record, 'CESKJE', currency),
    rank: valueOf(record, 'EX1_RANK') === undefined ? undefined : wholeNumber(record, 'EX1_RANK', 0),
    from: isOfMeasure ? dayOf(record, 'CSKSRQ') : undefined,
    to: isOfMeasure ? dayOf(record, 'CSJSRQ') : undefined,
    expectedOn: dayOf(record, 'EX1_EXPECTEDON'),
    reason: reasonOf(record, codes),
    priorMeasures: listed(record, 'djxxList') ? priorMeasuresOf(record, currency) : undefined,
    priorityRights: listed(record, 'qlxxList') ? priorityRightsOf(record, currency) : undefined,
    moved: movedOf(record, currency, codes),
  });
}

function statusOf(record: XmlElement, { status: table }: DialectCodes): ControlLine['status'] {
  const word = [valueOf(record, 'KZZT') ?? '', valueOf(record, 'EX1_STATUS')].filter((one) => one !== undefined).join('/');
  const status = Object.hasOwn(table, word) ? table[word] : undefined;
  if (status === undefined) throw new NotReadable(`KZZT "${word.slice(0, 60)}" is a code that is not known`);
  return status;
}

function reasonOf(record: XmlElement, { reason: table }: DialectCodes): ControlLine['reason'] {
  const text = freeText(record, 'WNKZYY');
  const code = optionalExact(record, 'EX1_REASON', 60);
  if (text === undefined && code === undefined) return undefined;
  const known = (said: string | undefined) => (said !== undefined && Object.hasOwn(table, said) ? table[said] : undefined);
  return { code: known(code) ?? code ?? known(text) ?? OTHER_REASON, text: text ?? '' };
}

function listed({ children }: XmlElement, name: string): boolean {
  return children.some((child) => child.name === name);
}

/** `djxx`: what others hold on the account. */
export function priorMeasuresOf(record: XmlElement, currency: string): readonly PriorMeasure[] {
  return childrenOf(record, 'djxxList', 'djxx', MEASURES_MAX).map((one) =>
    compact({
      authority: freeText(one, 'DJJG') ?? '',
      document: freeText(one, 'DJWH') ?? '',
      amount: requiredMoney(one, 'DJJE', currency),
      until: dayOf(one, 'DJJZRQ'),
    }),
  );
}

/** `qlxx` without the owners beside the debtor, who stand in the same list. */
export function priorityRightsOf(record: XmlElement, currency: string): readonly PriorityRight[] {
  return rightsOf(record)
    .filter((one) => valueOf(one, 'QLLX') !== CO_OWNER)
    .map((one) =>
      compact({ type: exactText(one, 'QLLX', TEXT_MAX), holder: freeText(one, 'QLR') ?? '', amount: moneyOf(one, 'QLJE', currency) }),
    );
}

export function coOwnersOf(record: XmlElement): readonly string[] {
  const owners = rightsOf(record).filter((one) => valueOf(one, 'QLLX') === CO_OWNER);
  if (owners.length > CO_OWNERS_MAX) throw new NotReadable(`an account with more than ${CO_OWNERS_MAX} owners beside the debtor`);
  return owners.map((one) => exactText(one, 'QLR', TEXT_MAX));
}

function rightsOf(record: XmlElement): readonly XmlElement[] {
  return childrenOf(record, 'qlxxList', 'qlxx', MEASURES_MAX);
}

/** Only money that left the account is told; without the extension nothing is known of it. */
function movedOf(record: XmlElement, currency: string, codes: DialectCodes): MovedMoney | undefined {
  const principal = moneyOf(record, 'EX1_MOVED', currency);
  if (principal === undefined) return undefined;
  const valueDate = dayOf(record, 'EX1_VALUEDATE');
  if (valueDate === undefined) throw new NotReadable('EX1_VALUEDATE is missing');
  return compact({
    principal,
    interest: moneyOf(record, 'EX1_INTEREST', currency),
    fee: moneyOf(record, 'EX1_FEE', currency),
    serial: exactText(record, 'EX1_SERIAL', 60),
    valueDate,
    channel: exactText(record, 'EX1_CHANNEL', 60),
    state: codeOf(record, 'EX1_CREDIT', codes.credit),
  });
}
