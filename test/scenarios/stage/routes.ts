/** One call of the published interface. `{…}` marks a parameter of the path. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  /** Users of the demo who get past the door (401, 403); the others must not. Left out: everyone, without a token. */
  readonly users?: readonly string[];
}

const OFFICERS = ['officer', 'officer2'];
const COURT = [...OFFICERS, 'judge', 'leader'];
const COURT_READ = [...COURT, 'auditor'];
const CASE_WORK = [...OFFICERS, 'judge'];
const ERASERS = ['judge', 'leader'];
const CLERK = ['clerk.wrcb'];
const DESK = ['clerk.wrcb', 'reviewer.wrcb'];
const ADMIN = ['admin'];

export const USERS = [...COURT_READ, ...DESK, ...ADMIN];

/** Every call that the published interface names, with who may make it. */
export const ROUTES: readonly Route[] = [
  { method: 'POST', path: '/api/v1/auth/token' },
  { method: 'GET', path: '/api/v1/auth/oidc/login' },
  { method: 'GET', path: '/api/v1/auth/oidc/callback' },
  { method: 'GET', path: '/api/v1/officers', users: ['admin', 'auditor'] },
  { method: 'POST', path: '/api/v1/officers', users: ADMIN },
  { method: 'PUT', path: '/api/v1/officers/{id}', users: ADMIN },
  { method: 'PUT', path: '/api/v1/officers/{id}/filings/{bank}', users: ADMIN },
  { method: 'POST', path: '/api/v1/cases', users: CASE_WORK },
  { method: 'GET', path: '/api/v1/cases', users: COURT_READ },
  { method: 'GET', path: '/api/v1/cases/{id}', users: COURT_READ },
  { method: 'PUT', path: '/api/v1/cases/{id}/debt', users: CASE_WORK },
  { method: 'POST', path: '/api/v1/cases/{id}/satisfactions', users: CASE_WORK },
  { method: 'PUT', path: '/api/v1/cases/{id}/court-account', users: CASE_WORK },
  { method: 'PUT', path: '/api/v1/courts/{code}/accounts', users: ADMIN },
  { method: 'POST', path: '/api/v1/cases/{id}/close', users: CASE_WORK },
  { method: 'POST', path: '/api/v1/cases/import', users: [...COURT, 'admin'] },
  { method: 'GET', path: '/api/v1/imports/{id}', users: [...COURT, 'admin'] },
  { method: 'POST', path: '/api/v1/parties/{id}/reveal', users: COURT },
  { method: 'POST', path: '/api/v1/cases/{id}/instruments', users: CASE_WORK },
  { method: 'GET', path: '/api/v1/instruments/{id}/content', users: COURT_READ },
  { method: 'POST', path: '/api/v1/requests', users: OFFICERS },
  { method: 'POST', path: '/api/v1/requests/batch', users: OFFICERS },
  { method: 'GET', path: '/api/v1/requests', users: COURT_READ },
  { method: 'GET', path: '/api/v1/requests/{id}', users: COURT_READ },
  { method: 'GET', path: '/api/v1/requests/{id}/events', users: COURT_READ },
  { method: 'POST', path: '/api/v1/requests/{id}/approval', users: COURT },
  { method: 'POST', path: '/api/v1/requests/{id}/withdraw', users: COURT },
  { method: 'GET', path: '/api/v1/requests/{id}/proof', users: COURT_READ },
  { method: 'GET', path: '/api/v1/cases/{id}/holdings', users: COURT_READ },
  { method: 'GET', path: '/api/v1/holdings/{id}/transactions', users: COURT_READ },
  { method: 'POST', path: '/api/v1/holdings/{id}/reveal', users: COURT },
  { method: 'POST', path: '/api/v1/cases/{id}/freeze-plan', users: COURT },
  { method: 'GET', path: '/api/v1/cases/{id}/measures', users: COURT_READ },
  { method: 'GET', path: '/api/v1/measures', users: COURT_READ },
  { method: 'POST', path: '/api/v1/measures/{id}/reveal', users: COURT },
  { method: 'GET', path: '/api/v1/cases/{id}/payments', users: COURT_READ },
  { method: 'POST', path: '/api/v1/payments/{id}/credited', users: CASE_WORK },
  { method: 'POST', path: '/api/v1/payments/{id}/returned', users: CASE_WORK },
  { method: 'POST', path: '/api/v1/payments/{id}/claim', users: CASE_WORK },
  { method: 'GET', path: '/api/v1/tasks', users: COURT_READ },
  { method: 'POST', path: '/api/v1/tasks/{id}/done', users: COURT },
  { method: 'POST', path: '/api/v1/orders/{orderNumber}/resolution', users: CASE_WORK },
  { method: 'POST', path: '/api/v1/orders/{orderNumber}/resolution/approval', users: COURT },
  { method: 'GET', path: '/api/v1/orders/{orderNumber}/receipts', users: COURT_READ },
  { method: 'GET', path: '/api/v1/orders/{orderNumber}/receipts/{id}/content', users: COURT_READ },
  { method: 'GET', path: '/api/v1/orders/{orderNumber}/original', users: ['auditor'] },
  { method: 'GET', path: '/api/v1/orders/export', users: ['auditor'] },
  { method: 'GET', path: '/api/v1/banks', users: USERS },
  { method: 'GET', path: '/api/v1/statements', users: ['leader', 'auditor', ...DESK] },
  { method: 'GET', path: '/api/v1/statements/{bank}/{date}', users: ['leader', 'auditor', ...DESK] },
  { method: 'GET', path: '/api/v1/events', users: ['auditor'] },
  { method: 'POST', path: '/api/v1/erasures', users: ERASERS },
  { method: 'POST', path: '/api/v1/erasures/{id}/approval', users: ERASERS },
  { method: 'GET', path: '/api/v1/erasures', users: [...ERASERS, 'auditor'] },
  { method: 'GET', path: '/api/v1/erasures/{id}', users: [...ERASERS, 'auditor'] },
  { method: 'GET', path: '/api/v1/dead-letters', users: [...ADMIN, 'auditor'] },
  { method: 'GET', path: '/api/v1/dead-letters/{reader}/{messageId}', users: [...ADMIN, 'auditor'] },
  { method: 'POST', path: '/api/v1/dead-letters/{reader}/{messageId}/redrive', users: ADMIN },
  { method: 'POST', path: '/api/v1/dead-letters/{reader}/{messageId}/redrive/approval', users: ADMIN },
  { method: 'GET', path: '/api/v1/connectors/{bank}/dead-letters', users: [...ADMIN, 'auditor'] },
  { method: 'GET', path: '/api/v1/connectors/{bank}/dead-letters/{messageId}', users: [...ADMIN, 'auditor'] },
  { method: 'POST', path: '/api/v1/connectors/{bank}/dead-letters/{messageId}/redrive', users: ADMIN },
  { method: 'POST', path: '/api/v1/connectors/{bank}/dead-letters/{messageId}/redrive/approval', users: ADMIN },
  { method: 'GET', path: '/api/v1/ledger/dead-letters', users: [...ADMIN, 'auditor'] },
  { method: 'GET', path: '/api/v1/ledger/dead-letters/{messageId}', users: [...ADMIN, 'auditor'] },
  { method: 'POST', path: '/api/v1/ledger/dead-letters/{messageId}/redrive', users: ADMIN },
  { method: 'POST', path: '/api/v1/ledger/dead-letters/{messageId}/redrive/approval', users: ADMIN },
  { method: 'GET', path: '/api/v1/desk/orders', users: DESK },
  { method: 'GET', path: '/api/v1/desk/orders/{orderNumber}', users: DESK },
  { method: 'GET', path: '/api/v1/desk/orders/{orderNumber}/documents', users: DESK },
  { method: 'GET', path: '/api/v1/desk/orders/{orderNumber}/print', users: DESK },
  { method: 'POST', path: '/api/v1/desk/orders/{orderNumber}/answer', users: CLERK },
  { method: 'POST', path: '/api/v1/desk/orders/{orderNumber}/rollback', users: CLERK },
  { method: 'POST', path: '/api/v1/desk/orders/{orderNumber}/receipts', users: CLERK },
  { method: 'POST', path: '/api/v1/desk/orders/{orderNumber}/review', users: DESK },
  { method: 'POST', path: '/api/v1/desk/orders/{orderNumber}/objections', users: CLERK },
  { method: 'GET', path: '/api/v1/desk/register', users: [...DESK, 'auditor'] },
  { method: 'GET', path: '/ledger/checkpoint' },
  { method: 'GET', path: '/ledger/vkey' },
  { method: 'GET', path: '/ledger/v1/entries', users: ['auditor'] },
  { method: 'GET', path: '/ledger/v1/entries/proofs', users: ['auditor'] },
  { method: 'GET', path: '/ledger/v1/entries/{index}', users: ['auditor'] },
  { method: 'GET', path: '/ledger/v1/findings', users: ['auditor'] },
  { method: 'POST', path: '/ledger/v1/findings/{id}/mark', users: ['auditor'] },
  { method: 'GET', path: '/ledger/v1/proofs/inclusion' },
  { method: 'GET', path: '/ledger/v1/proofs/consistency' },
];

/** Calls that are announced and may still answer 501. */
export const LATER = ['/api/v1/events', '/objections', '/ledger/witness'];

/** The simulated banks' panel: not described, for the administrator of the demo alone. */
export const PANEL: readonly Route[] = [
  { method: 'GET', path: '/sim/hubeibank/customers', users: ADMIN },
  { method: 'PUT', path: '/sim/hubeibank/customers', users: ADMIN },
  { method: 'POST', path: '/sim/hubeibank/accounts/1/credit', users: ADMIN },
  { method: 'POST', path: '/sim/hubeibank/accounts/1/redeem', users: ADMIN },
  { method: 'GET', path: '/sim/hubeibank/journal', users: ADMIN },
  { method: 'PUT', path: '/sim/hubeibank/faults', users: ADMIN },
  { method: 'POST', path: '/sim/wrcb/effects', users: ADMIN },
  { method: 'POST', path: '/sim/clock', users: ADMIN },
];

/** The path with something in place of each parameter. */
export function filled(path: string, values: Readonly<Record<string, string>> = {}): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name] ?? SOMETHING[name] ?? '00000000-0000-7000-8000-000000000000');
}

const SOMETHING: Readonly<Record<string, string>> = { bank: 'hubeibank', code: '420106', index: '0', orderNumber: '20260101420106000001' };
