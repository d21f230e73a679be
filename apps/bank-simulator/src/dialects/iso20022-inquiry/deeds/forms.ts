import { instead, type Deed } from './deed.js';

const ROOT = '<soap:Envelope ';
const STATUS = '<RspnSts>COMP</RspnSts>';
const DEEP = 100;
/** As long as a message may be, and more. */
const LONG_BYTES = 5 * 1024 * 1024;

/** Messages that the definitions do not allow, most of them under a good signature. */
export const FORMS = {
  'element-unknown': { words: instead(STATUS, `<Extra>x</Extra>${STATUS}`) },
  'element-out-of-order': { words: instead(/(<InvstgtnId>[^<]*<\/InvstgtnId>)(<RspnSts>COMP<\/RspnSts>)/, '$2$1') },
  'element-missing': { words: instead(/<RspnId>[^<]*<\/RspnId>/, '') },
  'element-twice': { words: instead(STATUS, STATUS + STATUS) },
  'status-missing': { words: instead(STATUS, '') },
  'status-unknown': { words: instead('>COMP<', '>DONE<') },
  'state-unknown': { words: instead('<Sts>ENAB</Sts>', '<Sts>OPEN</Sts>') },
  'attribute-unknown': { words: instead('<RspnSts>', '<RspnSts a="1">') },
  'text-too-long': { words: instead(/<RspnId>[^<]*/, `<RspnId>${'x'.repeat(36)}`) },
  'text-between-elements': { words: instead(STATUS, `x${STATUS}`) },
  'text-empty': { words: instead(/<RspnId>[^<]*/, '<RspnId>') },
  'day-that-is-none': { words: instead(/(<CreDtTm>)[^<]*/, '$12026-02-30T00:00:00Z') },
  'balance-negative': { words: instead(/(<AvrgBal>)[^<]*/, '$1-1.00') },
  'balance-with-exponent': { words: instead(/(<AvrgBal>)[^<]*/, '$15e2') },
  'balance-of-too-many-digits': { words: instead(/(<AvrgBal>)[^<]*/, `$1${'9'.repeat(19)}`) },
  'supplement-unknown': { words: instead('supl.027.001.01"><InfRspnSD1>', 'supl.999.001.01"><InfRspnSD1>') },
  'message-unknown': { words: instead('auth.002.001.01"><InfReqRspn>', 'auth.002.001.99"><InfReqRspn>') },
  'header-announces-another': { words: instead('<MsgDefIdr>auth.002.001.01', '<MsgDefIdr>auth.001.001.01') },
  'name-space-missing': { words: instead(/ xmlns="[^"]*auth\.002\.001\.01"/, '') },
  'document-twice': { words: instead('</ApplicationResponse>', '<Document xmlns="urn:x"/></ApplicationResponse>') },
  'body-twice': { after: instead('</soap:Body>', '</soap:Body><soap:Body/>') },
  'document-type': { after: instead(ROOT, `<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]>${ROOT}`) },
  instruction: { after: instead(ROOT, `<?xml-stylesheet href="http://127.0.0.1/x"?>${ROOT}`) },
  'nesting-deep': { after: instead('<soap:Header/>', `<soap:Header>${'<a>'.repeat(DEEP)}${'</a>'.repeat(DEEP)}</soap:Header>`) },
  'cut-short': { after: (signed) => signed.slice(0, signed.length / 2) },
  empty: { after: () => '' },
  'page-of-a-web-server': { after: () => '<html><body>Service Unavailable</body></html>' },
  'half-a-character': { after: (signed) => Buffer.concat([Buffer.from(signed.slice(0, -1)), Buffer.from([0xe6, 0xad])]) },
  'sixteen-bits': { after: (signed) => Buffer.from(`\ufeff${signed}`, 'utf16le') },
  'longer-than-may-be': { after: (signed) => signed.padEnd(LONG_BYTES, ' ') },
} as const satisfies Readonly<Record<string, Deed>>;
