import { Inject, Injectable } from '@nestjs/common';
import type { Principal } from '#access';
import { AppError, instantText, moneyJson } from '#kernel';
import type { CaseFigures } from '#orders';
import { placeholders, type Reader, type Row } from '#persistence';
import { maskAccount, maskIdNumber, maskName, type DataKey } from '#privacy';
import { figuresOfCases, groupByCase } from '../../adapters/store/case-figures.js';
import { predecessorsOf, tagsOf, type CaseRow } from '../../adapters/store/case-rows.js';
import { openParty, type PartyRow } from '../../adapters/store/party-rows.js';
import { userNames } from '../../adapters/store/user-rows.js';
import { Vault } from '../../vault.js';
import { openCourtAccount } from '../file-case/file-case.js';

interface HandlerRow extends Row {
  readonly case_id: string;
  readonly user_id: string;
}

/** A case as the interface shows it: ids and accounts masked always, names of persons only to the case's own court in clear. */
export type CaseView = Readonly<Record<string, unknown>>;

/** Makes the shown form of cases. Keys come with the call, so that it also serves inside a transaction. */
@Injectable()
export class CaseViews {
  constructor(@Inject(Vault) private readonly vault: Vault) {}

  /** The keys of cases; one whose key was destroyed is left out and shown without its personal parts. */
  async keysOf(rows: readonly CaseRow[]): Promise<ReadonlyMap<string, DataKey>> {
    const keys = new Map<string, DataKey>();
    for (const { id } of rows) {
      try {
        keys.set(id, await this.vault.keyOf(id));
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'content-erased') throw error;
      }
    }
    return keys;
  }

  /** @throws AppError `content-erased` */
  keyOf(caseId: string): Promise<DataKey> {
    return this.vault.keyOf(caseId);
  }

  async one(reader: Reader, row: CaseRow, keys: ReadonlyMap<string, DataKey>, viewer: Principal): Promise<CaseView> {
    const [view] = await this.many(reader, [row], keys, viewer);
    return view ?? {};
  }

  async many(
    reader: Reader,
    rows: readonly CaseRow[],
    keys: ReadonlyMap<string, DataKey>,
    viewer: Principal,
  ): Promise<readonly CaseView[]> {
    if (rows.length === 0) return [];
    const ids = rows.map(({ id }) => id);
    const parties = groupByCase(
      await reader.all<PartyRow>(`SELECT * FROM parties WHERE case_id IN (${placeholders(ids.length)}) ORDER BY position`, ids),
    );
    const handlerRows = await reader.all<HandlerRow>(
      `SELECT case_id, user_id FROM case_handlers WHERE case_id IN (${placeholders(ids.length)}) ORDER BY since, user_id`,
      ids,
    );
    const handlers = groupByCase(handlerRows);
    const names = await userNames(
      reader,
      this.vault,
      handlerRows.map(({ user_id }) => user_id),
    );
    const figures = await figuresOfCases(reader, rows);
    return rows.map((row, index) => {
      const key = keys.get(row.id);
      return {
        ...plainPart(row),
        ...figuresView(row, figures[index]),
        ...(key ? this.sealedPart(row, key) : { erased: true }),
        handlers: (handlers.get(row.id) ?? []).map(({ user_id: id }) => ({ id, ...(names.has(id) ? { name: names.get(id) } : {}) })),
        parties: (parties.get(row.id) ?? []).map((party) => this.partyView(row, party, key, viewer)),
      };
    });
  }

  private sealedPart(row: CaseRow, key: DataKey): CaseView {
    const account = row.court_account_sealed && openCourtAccount(this.vault, key, row.id, row.court_account_sealed);
    const reason =
      row.closed_reason_sealed &&
      this.vault.open<{ reason: string }>(key, 'cases', 'closed_reason_sealed', row.id, row.closed_reason_sealed).reason;
    return {
      ...(account
        ? {
            courtAccount: {
              ...account,
              number: maskAccount(account.number),
              ...(account.subAccount === undefined ? {} : { subAccount: maskAccount(account.subAccount) }),
            },
          }
        : {}),
      ...(row.closed_manner === null
        ? {}
        : { closed: { manner: row.closed_manner, reason, ...(row.closed_at === null ? {} : { at: instantText(row.closed_at) }) } }),
    };
  }

  private partyView(row: CaseRow, party: PartyRow, key: DataKey | undefined, viewer: Principal): CaseView {
    const plain = {
      id: party.id,
      role: party.role,
      kind: party.kind,
      idType: party.id_type,
      ...(party.liability_cap === null ? {} : { liabilityCap: moneyJson(BigInt(party.liability_cap), row.currency) }),
    };
    if (!key) return plain;
    const { name, idNumber } = openParty(this.vault, key, party);
    const showName = party.kind === 'organisation' || viewer.courtCode === row.court_code;
    return { ...plain, name: showName ? name : maskName(name), idNumber: maskIdNumber(idNumber) };
  }
}

function plainPart(row: CaseRow): CaseView {
  const money = (minor: number) => moneyJson(BigInt(minor), row.currency);
  return {
    id: row.id,
    version: row.version,
    caseNumber: row.case_number,
    courtCode: row.court_code,
    kind: row.kind,
    status: row.status,
    ...(row.hold === null ? {} : { hold: row.hold }),
    filedOn: row.filed_on,
    ...(row.cause === null ? {} : { cause: row.cause }),
    tags: tagsOf(row),
    predecessors: predecessorsOf(row).map((caseNumber) => ({ caseNumber })),
    currency: row.currency,
    debt: {
      principal: money(row.principal),
      interest: money(row.interest),
      ...(row.interest_to === null ? {} : { interestTo: row.interest_to }),
      fee: money(row.fee),
    },
    ...(row.last_full_inquiry_at === null ? {} : { lastFullInquiryAt: instantText(row.last_full_inquiry_at) }),
    createdAt: instantText(row.created_at),
  };
}

/** The money of a case as the interface shows it. */
export function figuresView(row: CaseRow, figures: CaseFigures | undefined): CaseView {
  const money = (minor: bigint) => moneyJson(minor, row.currency);
  return {
    ceiling: money(BigInt(row.ceiling)),
    collected: money(BigInt(row.collected)),
    satisfied: money(BigInt(row.satisfied)),
    ...(figures
      ? {
          outstanding: money(figures.outstanding),
          committed: money(figures.committed),
          underControl: money(figures.underControl),
          exposure: money(figures.exposure),
          excess: money(figures.excess),
        }
      : {}),
  };
}
