import { elementOf, instead, type Deed } from './deed.js';

const ACCOUNT = /<AcctAndPties>.*<\/AcctAndPties>/s;
const INDICATOR = /<RtrInd>.*<\/RtrInd>/s;
const OWNER = /<OwnrTp>.*?<\/OwnrTp>/s;
const BALANCE = /<AvrgBal>[^<]*<\/AvrgBal>/;
const NUMBER = /<Acct><Id>.*?<\/Id><\/Othr><\/Id>/s;
const ACCOUNTS_MAX = 500;

/** One word put before another. */
const before = (mark: string, piece: string) => instead(mark, piece + mark);
const told = (result: string) => instead(/<InvstgtnRslt>.*<\/InvstgtnRslt>/s, `<InvstgtnRslt>${result}</InvstgtnRslt>`);
const balance = (text: string) => instead(BALANCE, `<AvrgBal>${text}</AvrgBal>`);
const restriction = (code: string, issuer: string): string =>
  `<Rstrctn><RstrctnTp><Prtry><Id>${code}</Id><Issr>${issuer}</Issr></Prtry></RstrctnTp><VldFr>2026-01-01T00:00:00Z</VldFr></Rstrctn>`;
const restricted = (...all: readonly string[]) => before('</Acct>', all.join(''));
const later = instead(/<RspnSts>COMP<\/RspnSts>/, '<RspnSts>NRES</RspnSts>');
const nothing = told('<InvstgtnSts>NFOU</InvstgtnSts>');

/** Every account again under further numbers, until there are so many. */
function accounts(count: number): (text: string) => string {
  return (text) => {
    const one = elementOf(text, 'AcctAndPties');
    const number = (at: number): string => `<Acct><Id><Othr><Id>622100000${String(at).padStart(6, '0')}</Id></Othr></Id>`;
    const all = Array.from({ length: count }, (_, at) => instead(NUMBER, number(at))(one));
    return instead(ACCOUNT, all.join(''))(text);
  };
}

/** Answers of good form under a good signature, which say something strange, or something rare. */
export const WORDS = {
  'kind-unknown': { words: instead('<Cd>CACC</Cd>', '<Cd>TRAS</Cd>') },
  'kind-of-its-own': { words: instead('<Cd>CACC</Cd>', '<Prtry>GOLD</Prtry>') },
  'role-unknown': { words: instead('<Id>OWNE</Id>', '<Id>BENE</Id>') },
  'role-of-another-scheme': { words: instead('>RLTP<', '>OTHR<') },
  'owner-for-another': { words: instead(OWNER, '<OwnrTp><Tp>NOMI</Tp></OwnrTp>') },
  'restriction-unknown': { words: restricted(restriction('R88', 'CHAKONG')) },
  'restriction-of-another-issuer': { words: restricted(restriction('R02', 'SOMEBODY')) },
  'restrictions-two': { words: restricted(restriction('R02', 'CHAKONG'), restriction('R03', 'CHAKONG')) },
  'balance-not-exact': { words: balance('500.001') },
  'currency-without-decimals': { words: instead(/<Ccy>CNY<\/Ccy><AvrgBal>[^<]*/, '<Ccy>JPY</Ccy><AvrgBal>500.50') },
  'account-twice': { words: (text) => before('</InfRspnSD1>', elementOf(text, 'AcctAndPties'))(text) },
  'account-of-somebody': { words: instead(/(<Role>.*?<Othr><Id>)[^<]*/s, '$1420106190001019999') },
  'account-without-owner-number': { words: instead(/(<Role><Pty>.*?<PrvtId>)<Othr>.*?<\/Othr>/s, '$1') },
  'account-closed-in-use': { words: instead(BALANCE, '<AvrgBal>500.00</AvrgBal><ClsgDt>2020-01-01</ClsgDt>') },
  'accounts-too-many': { words: accounts(ACCOUNTS_MAX + 1) },
  'order-of-another': { words: instead(/(<InfReqRspn>.*?<InvstgtnId>)[^<]*/s, '$1202603104201060000009999') },
  'supplement-of-another-order': { words: instead(/(<InfRspnSD1><InvstgtnId>)[^<]*/s, '$1202603104201060000009999') },
  'debtor-of-another': { words: instead(/(<SchCrit>.*?<Othr><Id>)[^<]*/s, '$1420106190001019999') },
  'debtor-of-another-name': { words: instead(/(<SchCrit>.*?<Nm>)[^<]*/s, '$1王小明') },
  'reply-to-another': { words: instead(/(<Rltd>.*?<BizMsgIdr>)[^<]*/s, '$1202603104201060000009999') },
  part: { words: instead('>COMP<', '>PART<') },
  'part-with-nothing': { words: (text) => nothing(instead('>COMP<', '>PART<')(text)) },
  'found-and-untold': { words: told('<InvstgtnSts>FOUN</InvstgtnSts>') },
  'told-and-not-told': {
    words: (text) => before('</InfReqRspn>', told('<InvstgtnSts>NOAP</InvstgtnSts>')(elementOf(text, 'RtrInd')))(text),
  },
  'not-a-word-on-accounts': {
    words: (text) =>
      instead('<MsgNmId>supl.027.001.01</MsgNmId></AuthrtyReqTp>', '<MsgNmId>fin.002.001.03</MsgNmId></AuthrtyReqTp>')(nothing(text)),
  },
  'later-of-another-order': {
    words: (text) => nothing(later(instead(/(<InfReqRspn>.*?<InvstgtnId>)[^<]*/s, '$1202603104201060000009999')(text))),
  },
  'later-unsigned': { words: (text) => nothing(later(text)), after: instead(/<Sgntr>.*<\/Sgntr>/s, '') },
  'accounts-many': { words: accounts(ACCOUNTS_MAX) },
  'not-answered': {
    words: (text) => before('</RtrInd>', '<AddtlInf>需提供补充材料</AddtlInf>')(told('<InvstgtnSts>NOAP</InvstgtnSts>')(text)),
  },
  'user-and-no-owner': { words: instead('<Id>OWNE</Id>', '<Id>ACCE</Id>') },
  'owner-no-longer': { words: instead(OWNER, '<OwnrTp><Tp>POWN</Tp></OwnrTp><EndDt>2020-01-01</EndDt>') },
  debt: { words: instead('<Cd>CACC</Cd>', '<Cd>LOAN</Cd>') },
  'number-as-iban': { words: instead(NUMBER, '<Acct><Id><IBAN>FI2447066587000379</IBAN></Id>') },
  'state-left-out': { words: instead('<Sts>ENAB</Sts>', '') },
  'kind-left-out': { words: instead('<Tp><Cd>CACC</Cd></Tp>', '') },
  'balance-left-out': { words: instead(BALANCE, '') },
  'two-supplements': {
    words: (text) =>
      before('</InfReqRspn>', instead(NUMBER, '<Acct><Id><Othr><Id>6221000000000001</Id></Othr></Id>')(elementOf(text, 'RtrInd')))(text),
  },
  'boxes-with-nothing': {
    words: (text) => before('</InfReqRspn>', instead('supl.027.001.01', 'fin.002.001.03')(nothing(elementOf(text, 'RtrInd'))))(text),
  },
  'clients-money': { words: instead(BALANCE, '<AvrgBal>500.00</AvrgBal><AcctPurp>customer_asset_account</AcctPurp>') },
  'indicator-twice-empty': { words: (text) => instead(INDICATOR, nothing(elementOf(text, 'RtrInd')).repeat(2))(text) },
} as const satisfies Readonly<Record<string, Deed>>;
