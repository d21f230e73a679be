import { addDays, addYears, legalDateOf, parseDuration, type LegalDate } from '#kernel';
import { eventually, removeFromServers, samplePdf, tempDir, TestSystem, type Caller, type SystemOptions, type TempDir } from '#testing';
import { person, type Person } from './people.js';
import type { CaseView, CustomerView, HoldingView, JournalRow, List, MeasuresView, PaymentView, RequestView, TaskView } from './views.js';

/** How long a scenario waits for the banks, which poll every second at most. */
export const BANK_MS_MAX = 20_000;
export const AUTOMATIC_BANKS = ['hubeibank', 'hankoubank', 'hbrcu'] as const;
export type AutomaticBank = (typeof AUTOMATIC_BANKS)[number];

export const COURT_ACCOUNT = { name: '武昌区法院执行款专户', bankName: '汉口银行', bankNumber: '313521000000' };

/** Every type an officer may need, uploaded beforehand so that nothing is rendered for the case. */
const INSTRUMENTS = [
  'inquiry-notice',
  'freeze-ruling',
  'freeze-notice',
  'release-ruling',
  'release-notice',
  'deduct-ruling',
  'deduct-notice',
] as const;

const ENDED = ['completed', 'partly-completed', 'not-executed', 'rejected', 'lapsed', 'withdrawn', 'returned'];

export interface AccountSpec {
  readonly bank: AutomaticBank | 'wrcb';
  readonly balance: string;
  readonly kind?: string;
  readonly [member: string]: unknown;
}

export interface CaseSpec {
  readonly ceiling?: string;
  readonly handler?: 'officer' | 'officer2';
  readonly accounts?: readonly AccountSpec[];
  readonly kind?: string;
  readonly instruments?: readonly string[];
}

/** A case on stage: its debtor, and his accounts in the order in which they were asked for. */
export interface StagedCase {
  readonly id: string;
  readonly caseNumber: string;
  readonly debtor: Person;
  readonly debtorId: string;
  readonly handler: 'officer' | 'officer2';
  readonly accounts: readonly { readonly bank: string; readonly number: string }[];
}

/** One running system with what every scenario needs again and again. Accounts, persons and case numbers never repeat on a stage. */
export class Stage {
  private cases = 0;
  private advancedMs = 0;

  private constructor(
    private readonly folder: TempDir,
    public system: TestSystem,
  ) {}

  static async open(options: Omit<SystemOptions, 'dataDir'> = {}): Promise<Stage> {
    const folder = await tempDir('stage');
    try {
      return new Stage(folder, await TestSystem.start({ dataDir: folder.path, ...options }));
    } catch (error) {
      await folder.remove();
      throw error;
    }
  }

  get dataDir(): string {
    return this.folder.path;
  }

  /** Ends the process and starts another on the same folder; one that is dead already is only replaced. */
  async restart(how: 'stop' | 'kill', options: Omit<SystemOptions, 'dataDir'> = {}): Promise<void> {
    await (how === 'stop' ? this.system.stop() : this.system.kill());
    this.system = await TestSystem.start({ dataDir: this.dataDir, ...options });
  }

  async close(): Promise<void> {
    await this.system.stop();
    if (this.system.profile === 'distributed') await removeFromServers(this.dataDir);
    await this.folder.remove();
  }

  as(username: string): Caller {
    return this.system.as(username);
  }

  get officer(): Caller {
    return this.system.as('officer');
  }

  get admin(): Caller {
    return this.system.as('admin');
  }

  /** The court's day by the system's clock. */
  today(): LegalDate {
    return legalDateOf(Date.now() + this.advancedMs);
  }

  async advance(duration: string): Promise<void> {
    await this.admin.write('POST', '/sim/clock', { advance: duration });
    this.advancedMs += parseDuration(duration);
  }

  term(days = 300): { from: LegalDate; to: LegalDate } {
    return { from: this.today(), to: addDays(this.today(), days) };
  }

  oneYearFromToday(): LegalDate {
    return addDays(addYears(this.today(), 1), -1);
  }

  nextCaseNumber(type = '执'): string {
    this.cases += 1;
    return `(${this.today().slice(0, 4)})鄂0106${type}${2_000 + this.cases}号`;
  }

  /** A case with one debtor, his accounts in the banks' cores and uploaded instruments of every type. */
  async fileCase(spec: CaseSpec = {}): Promise<StagedCase> {
    const caseNumber = this.nextCaseNumber(spec.kind === 'preservation' ? '执保' : '执');
    const number = this.cases;
    const handler = spec.handler ?? 'officer';
    const debtor = person(number);
    const accounts = await this.openAccounts(debtor, spec.accounts ?? [{ bank: 'hubeibank', balance: '10000.00' }], number);
    const filed = await this.as(handler).write<CaseView>('POST', '/api/v1/cases', {
      caseNumber,
      courtCode: '420106',
      ...(spec.kind === undefined ? {} : { kind: spec.kind }),
      filedOn: this.today(),
      ceiling: { amount: spec.ceiling ?? '100000.00', currency: 'CNY' },
      courtAccount: { ...COURT_ACCOUNT, number: `42010100${String(number).padStart(8, '0')}` },
      parties: [{ role: 'debtor', kind: 'person', ...debtor }],
    });
    for (const type of spec.instruments ?? INSTRUMENTS) await this.addInstrument(filed.id, type, handler);
    const debtorId = filed.parties[0]?.id ?? '';
    return { id: filed.id, caseNumber, debtor, debtorId, handler, accounts };
  }

  async addInstrument(caseId: string, type: string, handler = 'officer'): Promise<{ id: string; state: string }> {
    const content = samplePdf(`${caseId} ${type}`).toString('base64');
    return this.as(handler).write('POST', `/api/v1/cases/${caseId}/instruments`, { type, number: `${type} 1`, content });
  }

  /** A case whose accounts are known by an answered inquiry. */
  async inquiredCase(spec: CaseSpec = {}): Promise<StagedCase & { readonly holdings: readonly HoldingView[] }> {
    const filed = await this.fileCase(spec);
    const banks = [...new Set(filed.accounts.map(({ bank }) => bank))];
    const inquiry = await this.post({ action: 'inquire', caseId: filed.id, banks }, filed.handler);
    await this.ended(inquiry.id);
    const { items } = await this.as(filed.handler).read<List<HoldingView>>(`/api/v1/cases/${filed.id}/holdings`);
    const holdings = filed.accounts.map(({ number }) => {
      const found = items.find(({ account }) => account.endsWith(number.slice(-4)));
      if (!found) throw new Error(`the inquiry did not find the account that ends in ${number.slice(-4)}: ${JSON.stringify(items)}`);
      return found;
    });
    return { ...filed, holdings };
  }

  /** Posts a request and insists on 202. */
  post(body: unknown, as = 'officer', key?: string): Promise<RequestView> {
    return this.as(as).write<RequestView>('POST', '/api/v1/requests', body, key);
  }

  async approve(requestId: string, as = 'judge'): Promise<void> {
    await this.as(as).write('POST', `/api/v1/requests/${requestId}/approval`, { decision: 'approve' });
  }

  request(requestId: string): Promise<RequestView> {
    return this.officer.read<RequestView>(`/api/v1/requests/${requestId}`);
  }

  /** The request once nothing of it is under way any more. */
  ended(requestId: string, limitMs = BANK_MS_MAX): Promise<RequestView> {
    return this.requestWhen(requestId, ({ status }) => ENDED.includes(status), limitMs);
  }

  requestWhen(requestId: string, isSo: (request: RequestView) => boolean, limitMs = BANK_MS_MAX): Promise<RequestView> {
    let last: RequestView | undefined;
    return eventually(async () => {
      last = await this.request(requestId);
      return isSo(last) ? last : undefined;
    }, limitMs).catch((error: unknown) => {
      throw new Error(`the request stayed ${JSON.stringify(last)}`, { cause: error });
    });
  }

  /** Posts, lets the judge approve and waits for the end. */
  async carryOut(body: unknown, as = 'officer'): Promise<RequestView> {
    const posted = await this.post(body, as);
    await this.approve(posted.id);
    return this.ended(posted.id);
  }

  async freeze(staged: StagedCase, lines: readonly unknown[], days = 300): Promise<RequestView> {
    return this.carryOut({ action: 'freeze', caseId: staged.id, lines, term: this.term(days) }, staged.handler);
  }

  measures(caseId: string): Promise<MeasuresView> {
    return this.officer.read<MeasuresView>(`/api/v1/cases/${caseId}/measures`);
  }

  measuresWhen(caseId: string, isSo: (measures: MeasuresView) => boolean, limitMs = BANK_MS_MAX): Promise<MeasuresView> {
    let last: MeasuresView | undefined;
    return eventually(async () => {
      last = await this.measures(caseId);
      return isSo(last) ? last : undefined;
    }, limitMs).catch((error: unknown) => {
      throw new Error(`the measures stayed ${JSON.stringify(last)}`, { cause: error });
    });
  }

  case(caseId: string): Promise<CaseView> {
    return this.officer.read<CaseView>(`/api/v1/cases/${caseId}`);
  }

  async payments(caseId: string): Promise<readonly PaymentView[]> {
    return (await this.officer.read<List<PaymentView>>(`/api/v1/cases/${caseId}/payments`)).items;
  }

  async tasks(kind?: string): Promise<readonly TaskView[]> {
    return (await this.officer.read<List<TaskView>>(`/api/v1/tasks?limit=500${kind === undefined ? '' : `&kind=${kind}`}`)).items;
  }

  async journal(bank: string): Promise<readonly JournalRow[]> {
    return (await this.admin.read<List<JournalRow>>(`/sim/${bank}/journal`)).items;
  }

  async customers(bank: string): Promise<readonly CustomerView[]> {
    return (await this.admin.read<List<CustomerView>>(`/sim/${bank}/customers`)).items;
  }

  async balance(bank: string, account: string): Promise<string> {
    const accounts = (await this.customers(bank)).flatMap((customer) => customer.accounts);
    return accounts.find(({ number }) => number === account)?.balance.amount ?? 'no such account';
  }

  async setFaults(bank: string, faults: unknown): Promise<void> {
    await this.admin.write('PUT', `/sim/${bank}/faults`, faults);
  }

  private async openAccounts(debtor: Person, specs: readonly AccountSpec[], number: number): Promise<StagedCase['accounts']> {
    const opened = specs.map((spec, at) => ({
      spec,
      number: `6200${String(number).padStart(6, '0')}${String(1_000 + number * 10 + at).padStart(6, '0')}`,
    }));
    for (const bank of new Set(specs.map((spec) => spec.bank))) {
      const accounts = opened
        .filter(({ spec }) => spec.bank === bank)
        .map(({ spec: { bank: _, ...members }, number: own }) => ({
          kind: 'current',
          currency: 'CNY',
          ...(bank === 'hbrcu' ? { legalPerson: 'hbrcu-jiayu' } : {}),
          ...members,
          number: own,
        }));
      const before = await this.customers(bank);
      await this.admin.write('PUT', `/sim/${bank}/customers`, [...before, { ...debtor, accounts }]);
    }
    return opened.map(({ spec, number: own }) => ({ bank: spec.bank, number: own }));
  }
}

/** An amount as the interface writes it. */
export function yuan(amount: string): { amount: string; currency: string } {
  return { amount, currency: 'CNY' };
}

/** Minor units of a decimal text of two places, for sums in assertions. */
export function fen(amount: string | undefined): bigint {
  return BigInt((amount ?? '0.00').replace('.', ''));
}

export function sumOf(amounts: readonly (string | undefined)[]): bigint {
  return amounts.reduce((sum, amount) => sum + fen(amount), 0n);
}
