import { courtXml } from '#connector-sdk';
import type { AccountKind, Opaque } from '../../book/model.js';
import type { AccountReport, OrderSubject } from '../../book/order.js';

/** `Tp` by kind. The definition has no code for the others, which are told without one. */
const KINDS: Partial<Readonly<Record<AccountKind, string>>> = { current: 'CACC', savings: 'SVGS', wages: 'SLRY' };
const STATES: Readonly<Record<string, string>> = { normal: 'ENAB', closed: 'DELE' };
const OTHER_STATE = 'DISA';
const ISSUER = 'CHAKONG';

/** Restricted money by the words of the core; a word without a code says so, and the court asks. */
const RESTRICTIONS: Readonly<Record<string, string>> = {
  'living-necessities': 'R01',
  wages: 'R02',
  'migrant-workers-wages': 'R03',
  'wage-guarantee': 'R04',
  'social-insurance': 'R05',
  'laid-off-workers': 'R06',
  'party-dues': 'R07',
  'union-funds': 'R08',
  'presale-supervision': 'R09',
  'letter-of-credit-margin': 'R10',
  'acceptance-margin': 'R11',
  margin: 'R12',
  pledge: 'R13',
  'central-bank-reserve': 'R14',
  treasury: 'R15',
  'trust-property': 'R16',
  'bankruptcy-estate': 'R17',
};
const OTHER_RESTRICTION = 'R99';

/** `AcctAndPties` of one account of the customer who was asked about. */
export function accountAndParties(report: AccountReport, subject: OrderSubject, party: 'PrvtId' | 'OrgId', at: string): string {
  const { escapeXml } = courtXml;
  const kind = KINDS[report.kind];
  const word = restrictionWord(report.restriction) ?? (report.kind === 'margin' ? 'margin' : undefined);
  const state = STATES[report.state] ?? OTHER_STATE;
  const account =
    `<Id><Othr><Id>${escapeXml(report.account)}</Id></Othr></Id><Sts>${state}</Sts>` +
    `${kind === undefined ? '' : `<Tp><Cd>${kind}</Cd></Tp>`}<Ccy>${report.currency}</Ccy><AvrgBal>${report.balance}</AvrgBal>` +
    `${word === undefined ? '' : restricted(RESTRICTIONS[word] ?? OTHER_RESTRICTION, at)}`;
  const scheme = party === 'PrvtId' ? 'PIC' : 'COID';
  const number = `<Othr><Id>${escapeXml(subject.idNumber)}</Id><SchmeNm><Cd>${scheme}</Cd></SchmeNm></Othr>`;
  const owner = `<Pty><Nm>${escapeXml(subject.name)}</Nm><Id><${party}>${number}</${party}></Id></Pty>`;
  const role = '<OwnrTp><Tp>TRUS</Tp><Prtry><Id>OWNE</Id><SchmeNm>RLTP</SchmeNm></Prtry></OwnrTp>';
  return `<AcctAndPties><Acct>${account}</Acct><Role>${owner}${role}</Role></AcctAndPties>`;
}

function restricted(code: string, from: string): string {
  return `<Rstrctn><RstrctnTp><Prtry><Id>${code}</Id><Issr>${ISSUER}</Issr></Prtry></RstrctnTp><VldFr>${from}</VldFr></Rstrctn>`;
}

/** Whoever set the account up may have given a word or an object. */
function restrictionWord(restriction: Opaque | undefined): string | undefined {
  if (typeof restriction === 'string') return restriction;
  if (typeof restriction !== 'object' || restriction === null || Array.isArray(restriction)) return undefined;
  const { code } = restriction as Readonly<Record<string, Opaque>>;
  return typeof code === 'string' ? code : '';
}
