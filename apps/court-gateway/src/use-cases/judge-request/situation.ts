import type { Action, GateFiling } from '#orders';
import type { Reader } from '#persistence';
import type { DataKey } from '#privacy';
import { handlersOf, type CaseRow } from '../../adapters/store/case-rows.js';
import { courtNameOf, isRegisteredAccount, type CourtAccount } from '../../adapters/store/court-rows.js';
import { holdingsByAccounts, holdingsByIds, openHolding, type Holding } from '../../adapters/store/holdings-reading.js';
import { collectedByDebtor, measuresOfCase, type MeasureRow } from '../../adapters/store/measures-reading.js';
import { filingsOf, findOfficer, type Officer } from '../../adapters/store/officer-rows.js';
import { amountsUnder } from '../../adapters/store/order-instruments.js';
import { openLinesOfCase, type OpenLine } from '../../adapters/store/order-rows.js';
import { partiesNamed, partiesOf, type PartyRow } from '../../adapters/store/party-rows.js';
import type { Vault } from '../../vault.js';
import { openCourtAccount } from '../file-case/file-case.js';
import type { OpenedOfficers } from './opened-officers.js';
import type { InstrumentPort, InstrumentRecord } from '../make-instrument/instrument-port.js';

/** What a case is at one moment, as far as requests are judged by it. */
export interface Situation {
  readonly case: CaseRow;
  readonly handlers: readonly string[];
  /** As the gates need them; who they are stays sealed until an order is made out (`openParty`). */
  readonly parties: readonly PartyRow[];
  /** Left out when whoever posts stands in no register. */
  readonly officer?: Officer;
  readonly filings: readonly GateFiling[];
  readonly instruments: readonly InstrumentRecord[];
  /** All measures and open control lines of the case; empty for an inquiry, which touches no money. */
  readonly measures: readonly MeasureRow[];
  readonly openLines: readonly OpenLine[];
  /** The holdings that the request names or its measures lie on. */
  readonly holdings: readonly Holding[];
  /** By debtor; only read where a party has a liability cap. */
  readonly collected: ReadonlyMap<string, bigint>;
  readonly courtName: string;
  /** Only read for a deduct. */
  readonly courtAccount?: CourtAccount & { readonly registered: boolean };
}

/** What to load: the request's own lines are left out of every sum, so that posting and reruns count alike. */
export interface SituationNeeds {
  readonly action: Action;
  readonly officerId?: string;
  /** Id of the request that is judged. */
  readonly requestId: string;
  readonly holdingIds: readonly string[];
  readonly accountIndexes: readonly string[];
  /** The only parties that matter, where a request names them and touches no money; all of the case otherwise. */
  readonly partyIds?: readonly string[];
}

export interface SituationSources {
  readonly vault: Vault;
  readonly instruments: InstrumentPort;
  readonly officers: OpenedOfficers;
}

/**
 * Loads a case's situation. For control actions the caller holds the case's lock and has read `row` under it; everything here is
 * read through the same transaction.
 */
export async function loadSituation(
  reader: Reader,
  sources: SituationSources,
  row: CaseRow,
  caseKey: DataKey,
  needs: SituationNeeds,
): Promise<Situation> {
  const { vault, instruments } = sources;
  const officer = await loadOfficer(reader, sources, needs.officerId);
  const parties = needs.partyIds ? await partiesNamed(reader, row.id, needs.partyIds) : await partiesOf(reader, row.id);
  return {
    case: row,
    handlers: await handlersOf(reader, row.id),
    parties,
    ...officer,
    instruments: await loadInstruments(reader, instruments, row.id, needs),
    courtName: await courtNameOf(reader, row.court_code),
    ...(needs.action === 'deduct' ? await loadCourtAccount(reader, vault, row, caseKey) : {}),
    ...(await loadMoney(reader, vault, row, caseKey, needs, parties)),
  };
}

async function loadOfficer(
  reader: Reader,
  { vault, officers }: SituationSources,
  officerId: string | undefined,
): Promise<Pick<Situation, 'officer' | 'filings'>> {
  const row = officerId === undefined ? undefined : await findOfficer(reader, officerId);
  if (!row) return { filings: [] };
  return { officer: officers.open(vault, row), filings: await filingsOf(reader, row.id) };
}

async function loadInstruments(
  reader: Reader,
  port: InstrumentPort,
  caseId: string,
  needs: SituationNeeds,
): Promise<readonly InstrumentRecord[]> {
  const records = await port.ofCase(reader, caseId);
  const limiting = records.filter(({ amount }) => amount !== undefined).map(({ id }) => id);
  const under = await amountsUnder(reader, limiting, needs.requestId);
  return records.map((record) => ({ ...record, amountUnder: under.get(record.id) ?? 0n }));
}

async function loadCourtAccount(reader: Reader, vault: Vault, row: CaseRow, caseKey: DataKey): Promise<Pick<Situation, 'courtAccount'>> {
  if (row.court_account_sealed === null) return {};
  const account = openCourtAccount(vault, caseKey, row.id, row.court_account_sealed);
  return { courtAccount: { ...account, registered: await isRegisteredAccount(reader, vault, row.court_code, account) } };
}

type Money = Pick<Situation, 'measures' | 'openLines' | 'holdings' | 'collected'>;

async function loadMoney(
  reader: Reader,
  vault: Vault,
  row: CaseRow,
  caseKey: DataKey,
  needs: SituationNeeds,
  parties: readonly PartyRow[],
): Promise<Money> {
  if (needs.action === 'inquire') return { measures: [], openLines: [], holdings: [], collected: new Map() };
  const measures = await measuresOfCase(reader, row.id);
  const openLines = (await openLinesOfCase(reader, row.id)).filter(({ request_id }) => request_id !== needs.requestId);
  const ofMeasures = needs.action === 'freeze' ? [] : measures.flatMap(({ holding_id }) => (holding_id === null ? [] : [holding_id]));
  const named = await holdingsByIds(reader, row.id, [...needs.holdingIds, ...ofMeasures]);
  const byAccount = await holdingsByAccounts(reader, row.id, needs.accountIndexes);
  const rows = new Map([...named, ...byAccount].map((holding) => [holding.id, holding]));
  const hasCaps = parties.some(({ liability_cap }) => liability_cap !== null);
  return {
    measures,
    openLines,
    holdings: [...rows.values()].map((holding) => openHolding(vault, caseKey, holding)),
    collected: hasCaps ? await collectedByDebtor(reader, row.id) : new Map(),
  };
}
