/** The bank's own code tables, as docs/dialects/realtime-json.md publishes them: by the words of the core. */

export const ACTIONS = { SF01: 'inquire', SF02: 'freeze', SF03: 'renew', SF04: 'release', SF05: 'deduct' } as const;

export const DOCUMENTS: Readonly<Record<string, string>> = {
  '10': 'inquiry-notice',
  '21': 'freeze-ruling',
  '22': 'freeze-notice',
  '31': 'release-ruling',
  '32': 'release-notice',
  '41': 'deduct-ruling',
  '42': 'deduct-notice',
  '51': 'preservation-application',
};

export const SCOPES = { '1': 'funds', '2': 'account' } as const;

/** Papers of organisations under the unified code; the court calls that kind USCC. */
export const UNIFIED_CODE = '90';

export const KIND_CODES = {
  current: '11',
  savings: '12',
  term: '13',
  wages: '14',
  margin: '15',
  'wealth-product': '21',
  closed: '99',
} as const;

/** Words that whoever set an account up may have used; any other is 9. */
export const STATE_CODES: Readonly<Record<string, string>> = { normal: '0', closed: '1', dormant: '2', lost: '3' };
export const OTHER_STATE = '9';

export const RESTRICTION_CODES: Readonly<Record<string, string>> = {
  'living-necessities': '01',
  wages: '02',
  'migrant-workers-wages': '03',
  'wage-guarantee': '04',
  'social-insurance': '05',
  'laid-off-workers': '06',
  'party-dues': '07',
  'union-funds': '08',
  'presale-supervision': '09',
  'letter-of-credit-margin': '10',
  'acceptance-margin': '11',
  margin: '12',
  pledge: '13',
  'central-bank-reserve': '14',
  treasury: '15',
  'trust-property': '16',
  'bankruptcy-estate': '17',
};
export const OTHER_RESTRICTION = '99';
export const PERMISSION_CODES: Readonly<Record<string, string>> = { no: '0', yes: '1', 'above-reserve': '2' };

export const RESULT_CODES = { found: '00', 'no-account': '01', 'identity-mismatch': '02' } as const;
export const STATUS_CODES = { executed: 'S', 'partly-executed': 'P', refused: 'F', 'unheard-of': 'X', 'own-done': 'Z1' } as const;
/** What became of something by the end of a day: as of a line, and of a whole order. */
export const DAY_CODES = { executed: 'S', 'partly-executed': 'P', refused: 'F', 'rolled-back': 'R' } as const;
export const CHANNEL_CODES = { 'own-bank': '1', interbank: '2' } as const;
export const MOVED_CODES = { sent: '1', credited: '2' } as const;
export const ENDED_CODES = { released: '1', expired: '2', exhausted: '3' } as const;
export const DIRECTION_CODES = { out: 'D', in: 'C' } as const;

export const REASON_CODES = {
  NO_ACCOUNT: 'E101',
  ACCOUNT_CLOSED: 'E102',
  ACCOUNT_NOT_OF_DEBTOR: 'E103',
  ID_MISMATCH: 'E104',
  NAME_MISMATCH: 'E105',
  EXEMPT_ACCOUNT: 'E201',
  ORIGINAL_FREEZE_NOT_FOUND: 'E204',
  FREEZE_EXPIRED: 'E205',
  AMOUNT_OVER_FROZEN: 'E206',
  INSUFFICIENT_FUNDS: 'E207',
  MEASURE_UNSUPPORTED: 'E208',
  FORMAT: 'E902',
  SYSTEM: 'E904',
} as const;

export const NOTICE_CODES = { coverage: 'N1', promoted: 'N2', lapsed: 'N3', redeemed: 'N4', credited: 'N5', returned: 'N6' } as const;
