import { randomUUID } from 'node:crypto';
import { samplePdf, type TestSystem } from '#testing';
import type { WireRequest } from './wire.js';

/** Banks that answer without a person, with the legal persons that an inquiry reaches at each. */
export const AUTOMATIC_BANKS = ['hubeibank', 'hankoubank', 'hbrcu'] as const;
export const ORDERS_PER_ITEM = 5;
const HBRCU_LEGAL_PERSONS = ['hbrcu-jiayu', 'hbrcu-anlu', 'hbrcu-tianmen'];

/** Prepared cases: many, so that no single case is a bottleneck that life would not have. */
const CASES = 100;
const DEBTORS_PER_CASE = 10;
/** Calls that prepare the setting at once. */
const PREPARE_AT_ONCE = 8;

/** A debtor of a prepared case, and who may ask about him. */
export interface Subject {
  readonly handler: 'officer' | 'officer2';
  readonly caseId: string;
  readonly debtorId: string;
}

interface CaseAnswer {
  readonly id: string;
  readonly parties: readonly { readonly id: string; readonly role: string }[];
}

/** Cases with debtors who have one account at each automatic bank, and one uploaded inquiry notice per case. */
export async function prepareSubjects(system: TestSystem): Promise<readonly Subject[]> {
  await putCustomers(system);
  const made: Subject[][] = [];
  const numbers = Array.from({ length: CASES }, (_, n) => n);
  const worker = async (): Promise<void> => {
    for (let n = numbers.pop(); n !== undefined; n = numbers.pop()) made[n] = await prepareCase(system, n);
  };
  await Promise.all(Array.from({ length: PREPARE_AT_ONCE }, worker));
  return made.flat();
}

async function prepareCase(system: TestSystem, n: number): Promise<Subject[]> {
  const handler = n % 2 === 0 ? 'officer' : 'officer2';
  const caller = system.as(handler);
  const parties = Array.from({ length: DEBTORS_PER_CASE }, (_, d) => {
    const { name, idNumber } = person(n * DEBTORS_PER_CASE + d);
    return { role: 'debtor', kind: 'person', name, idType: '01', idNumber };
  });
  const found = await caller.write<CaseAnswer>('POST', '/api/v1/cases', {
    caseNumber: `(2026)鄂0106执${50_000 + n}号`,
    courtCode: '420106',
    filedOn: '2026-01-05',
    ceiling: { amount: '1000000.00', currency: 'CNY' },
    parties,
  });
  const content = samplePdf(`notice ${n}`).toString('base64');
  await caller.write('POST', `/api/v1/cases/${found.id}/instruments`, { type: 'inquiry-notice', number: `协查${n}`, content });
  return found.parties.filter(({ role }) => role === 'debtor').map(({ id }) => ({ handler, caseId: found.id, debtorId: id }));
}

async function putCustomers(system: TestSystem): Promise<void> {
  for (const [b, bank] of AUTOMATIC_BANKS.entries()) {
    const customers = Array.from({ length: CASES * DEBTORS_PER_CASE }, (_, n) => ({
      ...person(n),
      idType: '01',
      accounts: [
        {
          number: `${6_000 + b}${String(n).padStart(12, '0')}`,
          kind: 'current',
          currency: 'CNY',
          balance: '1000.00',
          ...(bank === 'hbrcu' ? { legalPerson: HBRCU_LEGAL_PERSONS[n % HBRCU_LEGAL_PERSONS.length] } : {}),
        },
      ],
    }));
    await system.as('admin').write('PUT', `/sim/${bank}/customers`, customers);
  }
}

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECK = '10X98765432';
const SURNAMES = '赵钱孙李周吴郑王冯陈';
const SERIALS = 500;

/** An invented person, born in 1900, with a right check digit. */
function person(n: number): { name: string; idNumber: string } {
  const day = Math.floor(n / SERIALS);
  const date = new Date(Date.UTC(1900, 0, 1 + day)).toISOString().slice(0, 10).replaceAll('-', '');
  const body = `420106${date}${String(n % SERIALS).padStart(3, '0')}`;
  const sum = [...body].reduce((total, digit, at) => total + Number(digit) * (WEIGHTS[at] ?? 0), 0);
  return { name: `${SURNAMES[n % SURNAMES.length] ?? ''}某${String(n)}`, idNumber: `${body}${CHECK[sum % 11] ?? ''}` };
}

/** Headers of a call of a user; the token is fetched once. */
export async function headersOf(system: TestSystem, username: string): Promise<Record<string, string>> {
  return { Authorization: `Bearer ${await system.token(username)}`, 'Content-Type': 'application/json' };
}

/** A prepared inquiry about one debtor at given banks. */
export function inquiry(subject: Subject, banks: readonly string[]): Record<string, unknown> {
  return { action: 'inquire', caseId: subject.caseId, debtorIds: [subject.debtorId], banks };
}

export function keyed(headers: Readonly<Record<string, string>>, path: string, body: unknown): WireRequest {
  return { method: 'POST', path, headers: { ...headers, 'Idempotency-Key': randomUUID() }, body: JSON.stringify(body) };
}
