import { Inject, Injectable } from '@nestjs/common';
import { AppError, formatAmount, newId } from '#kernel';
import { FactRecorder } from '#messaging';
import { insert, type Tx } from '#persistence';
import type { DataKey } from '#privacy';
import { isRegisteredAccount, type CourtAccount } from '../../adapters/store/court-rows.js';
import { sealParty } from '../../adapters/store/party-rows.js';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';
import { Vault } from '../../vault.js';
import type { NewCase, NewParty } from './new-case.js';

/** The case's identity and key, made before the transaction: a key without a case harms nobody. */
export interface CaseIdentity {
  readonly id: string;
  readonly key: DataKey;
}

export interface FilingActor {
  readonly userId: string;
  /** User ids of the handlers; the one who files unless an import names another. */
  readonly handlers: readonly string[];
}

/** Files cases: one by one from the interface, many from an import. */
@Injectable()
export class FileCase {
  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(FactRecorder) private readonly facts: FactRecorder,
  ) {}

  /** New ids with durable keys. */
  async identities(count: number): Promise<readonly CaseIdentity[]> {
    const ids = Array.from({ length: count }, () => newId(this.parts.clock, this.parts.entropy));
    await this.vault.keys.create(ids);
    return Promise.all(ids.map(async (id) => ({ id, key: await this.vault.keyOf(id) })));
  }

  /** @throws AppError `already-exists` (the number is taken in this court), `court-account-missing` */
  async insert(tx: Tx, identity: CaseIdentity, newCase: NewCase, actor: FilingActor): Promise<void> {
    const { id } = identity;
    const { courtCode, courtAccount } = newCase;
    if (courtAccount && !(await isRegisteredAccount(tx, this.vault, courtCode, courtAccount))) throw accountNotRegistered('/courtAccount');
    const at = this.parts.clock.now();
    if (!(await tx.insertOnce('cases', this.caseRow(identity, newCase, actor, at)))) {
      throw new AppError('already-exists', '该法院已有此案号的案件', { errors: [{ pointer: '/caseNumber', detail: '案号已存在' }] });
    }
    for (const tag of newCase.tags) await insert(tx, 'case_tags', { case_id: id, tag });
    for (const userId of actor.handlers) await insert(tx, 'case_handlers', { case_id: id, user_id: userId, since: at });
    for (const [position, party] of newCase.parties.entries()) await this.insertParty(tx, identity, party, position);
    await this.facts.record(tx, {
      type: 'case.filed',
      subject: `case:${id}`,
      actor: actor.userId,
      caseNumber: newCase.caseNumber,
      caseId: id,
      caseKey: identity.key,
      content: contentOf(id, newCase),
    });
  }

  private caseRow({ id, key }: CaseIdentity, newCase: NewCase, actor: FilingActor, at: number) {
    const { debt, courtAccount } = newCase;
    return {
      id,
      version: 1,
      lock_no: 0,
      case_number: newCase.caseNumber,
      court_code: newCase.courtCode,
      kind: newCase.kind,
      status: 'open',
      hold: null,
      filed_on: newCase.filedOn,
      cause: newCase.cause ?? null,
      currency: newCase.currency,
      principal: debt.principal,
      interest: debt.interest,
      interest_to: debt.interestTo ?? null,
      fee: debt.fee,
      ceiling: debt.ceiling,
      collected: 0,
      satisfied: 0,
      court_account_sealed: courtAccount ? sealCourtAccount(this.vault, key, id, courtAccount) : null,
      predecessors: JSON.stringify(newCase.predecessors),
      tags: JSON.stringify(newCase.tags),
      last_full_inquiry_at: null,
      closed_manner: null,
      closed_reason_sealed: null,
      closed_at: null,
      created_by: actor.userId,
      created_at: at,
    };
  }

  private async insertParty(tx: Tx, { id, key }: CaseIdentity, party: NewParty, position: number): Promise<void> {
    const partyId = newId(this.parts.clock, this.parts.entropy);
    await insert(tx, 'parties', {
      id: partyId,
      case_id: id,
      role: party.role,
      kind: party.kind,
      id_type: party.idType,
      sealed: sealParty(this.vault, key, partyId, { name: party.name, idNumber: party.idNumber }),
      id_index: this.vault.blind.of('id-number', party.idNumber),
      name_index: this.vault.blind.of('name', party.name),
      liability_cap: party.liabilityCap ?? null,
      position,
    });
  }
}

export function accountNotRegistered(pointer: string): AppError {
  const detail = '账户不在本院执行款专户登记簿内';
  return new AppError('court-account-missing', detail, { errors: [{ pointer, detail }] });
}

export function sealCourtAccount(vault: Vault, key: DataKey, caseId: string, account: CourtAccount): Buffer {
  return vault.seal(key, 'cases', 'court_account_sealed', caseId, account);
}

export function openCourtAccount(vault: Vault, key: DataKey, caseId: string, sealed: Buffer): CourtAccount {
  return vault.open<CourtAccount>(key, 'cases', 'court_account_sealed', caseId, sealed);
}

function contentOf(id: string, newCase: NewCase) {
  const { debt, currency, courtAccount, parties } = newCase;
  return {
    caseId: id,
    caseNumber: newCase.caseNumber,
    courtCode: newCase.courtCode,
    kind: newCase.kind,
    filedOn: newCase.filedOn,
    currency,
    ceiling: formatAmount(debt.ceiling, currency),
    courtAccount: courtAccount ? { ...courtAccount } : undefined,
    parties: parties.map(({ role, name, idType, idNumber, liabilityCap }) => ({
      role,
      name,
      idType,
      idNumber,
      liabilityCap: liabilityCap === undefined ? undefined : formatAmount(liabilityCap, currency),
    })),
  };
}
