import { legalDateOf, newId } from '#kernel';
import { insert, type Row, type SqlValue } from '#persistence';
import { sealHolding, type SealedHolding } from '../adapters/store/holdings-reading.js';
import { sealMeasureAccount } from '../adapters/store/measures-reading.js';
import { partiesOf } from '../adapters/store/party-rows.js';
import { Vault } from '../vault.js';
import { caseBody, type GatewayFixture, type Reply } from './gateway-fixture.js';

const PDF = Buffer.from('%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer<<>>\n%%EOF\n').toString('base64');
/** An uploaded document for every action, so that no test waits for rendering unless it is about it. */
const TYPES = ['inquiry-notice', 'freeze-ruling', 'freeze-notice', 'release-ruling', 'release-notice', 'deduct-ruling', 'deduct-notice'];

/** A case that may act: filed by `officer`, with its documents. */
export interface PostingCase {
  readonly id: string;
  readonly debtors: readonly string[];
}

export async function fileCase(
  gateway: GatewayFixture,
  change: Readonly<Record<string, unknown>> = {},
  types: readonly string[] = TYPES,
): Promise<PostingCase> {
  const filed = await gateway.call('officer', 'POST', '/api/v1/cases', caseBody(change));
  if (filed.status !== 201) throw new Error(filed.text);
  const id = filed.at('id');
  for (const type of types) {
    const added = await gateway.call('officer', 'POST', `/api/v1/cases/${id}/instruments`, { type, number: `${type}-1`, content: PDF });
    if (added.status !== 201) throw new Error(added.text);
  }
  const parties = await partiesOf(gateway.parts.database.reader, id);
  return { id, debtors: parties.filter(({ role }) => role === 'debtor').map((party) => party.id) };
}

export function post(gateway: GatewayFixture, body: unknown, username = 'officer', headers: Record<string, string> = {}): Promise<Reply> {
  return gateway.call(username, 'POST', '/api/v1/requests', body, headers);
}

export function approve(gateway: GatewayFixture, requestId: string, username = 'judge', decision = 'approve'): Promise<Reply> {
  return gateway.call(username, 'POST', `/api/v1/requests/${requestId}/approval`, { decision });
}

export interface HoldingSetting {
  readonly account?: string;
  readonly bank?: string;
  readonly legalPerson?: string;
  readonly debtorId?: string;
  readonly kind?: string;
  readonly currency?: string;
  readonly available?: bigint;
  readonly sealed?: Partial<SealedHolding>;
  readonly asOf?: number;
}

let accounts = 0;

/** A holding as an inquiry's answer would have left it. */
export async function addHolding(gateway: GatewayFixture, of: PostingCase, setting: HoldingSetting = {}): Promise<string> {
  const { clock, entropy, keys } = gateway.parts;
  const vault = new Vault(gateway.parts);
  const id = newId(clock, entropy);
  const account = setting.account ?? `42010000${String((accounts += 1)).padStart(8, '0')}`;
  const bank = setting.bank ?? 'hubeibank';
  const available = setting.available ?? 100_000_00n;
  const sealed: SealedHolding = { account, priorMeasures: [], priorityRights: [], ...setting.sealed };
  const row = {
    id,
    version: 1,
    case_id: of.id,
    debtor_id: setting.debtorId ?? of.debtors[0] ?? '',
    bank,
    legal_person: setting.legalPerson ?? bank,
    account_index: vault.blind.of('account', account),
    sealed: sealHolding(vault, await keys.get(of.id), id, sealed),
    kind: setting.kind ?? 'current',
    currency: setting.currency ?? 'CNY',
    state: 'normal',
    balance: available,
    available,
    restriction_code: setting.sealed?.restriction?.code ?? null,
    restriction_reserve: null,
    order_number: null,
    as_of: setting.asOf ?? clock.now(),
  };
  await insertRow(gateway, 'holdings', row);
  return id;
}

async function insertRow(gateway: GatewayFixture, table: string, row: Readonly<Record<string, SqlValue>>): Promise<void> {
  await gateway.parts.database.run((tx) => insert(tx, table, row));
}

export interface MeasureSetting {
  readonly limit?: bigint;
  readonly covered?: bigint;
  readonly status?: string;
  readonly bank?: string;
  readonly debtorId?: string;
  readonly holdingId?: string;
  readonly kind?: string;
  readonly from?: string;
  readonly to?: string;
  readonly asOf?: number;
}

let measures = 0;

/** A measure as a freeze's answer would have left it. */
export async function addMeasure(gateway: GatewayFixture, of: PostingCase, setting: MeasureSetting = {}): Promise<string> {
  const { clock, entropy, keys } = gateway.parts;
  const vault = new Vault(gateway.parts);
  const id = newId(clock, entropy);
  const account = `62220000${String((measures += 1)).padStart(8, '0')}`;
  const limit = setting.limit ?? 50_000_00n;
  const covered = setting.covered ?? limit;
  const today = legalDateOf(clock.now());
  const values = {
    id,
    version: 1,
    case_id: of.id,
    court_code: '420106',
    holding_id: setting.holdingId ?? null,
    debtor_id: setting.debtorId ?? of.debtors[0] ?? '',
    bank: setting.bank ?? 'hubeibank',
    legal_person: setting.bank ?? 'hubeibank',
    account_index: vault.blind.of('account', account),
    account_sealed: sealMeasureAccount(vault, await keys.get(of.id), id, account),
    currency: 'CNY',
    kind: setting.kind ?? 'current',
    scope: 'funds',
    limit_amount: limit,
    covered,
    uncovered: limit > covered ? limit - covered : 0n,
    rank_no: 1,
    status: setting.status ?? 'in-force',
    from_date: setting.from ?? today,
    to_date: setting.to ?? `${Number(today.slice(0, 4)) + 1}${today.slice(4)}`,
    order_number: `29990101420106${String(measures).padStart(10, '0')}`,
    seq: 1,
    as_of: setting.asOf ?? clock.now(),
  };
  await insertRow(gateway, 'measures', values);
  return id;
}

/** Rows behind the interface. */
export function rows<T extends Row>(gateway: GatewayFixture, sql: string, ...params: (string | number)[]): Promise<T[]> {
  return gateway.parts.database.reader.all<T>(sql, params);
}

/** A term that begins today and ends after some days. */
export function termOf(gateway: GatewayFixture, days = 300): { readonly from: string; readonly to: string } {
  const now = gateway.parts.clock.now();
  return { from: legalDateOf(now), to: legalDateOf(now + days * 86_400_000) };
}
