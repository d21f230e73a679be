import { Inject, Injectable } from '@nestjs/common';
import { AppError } from '#kernel';
import { FactRecorder } from '#messaging';
import { compareAndSetOrStale, insert, type Tx } from '#persistence';
import { accountRowId, findCourt, type RegisteredAccount } from '../../adapters/store/court-rows.js';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';
import { Vault } from '../../vault.js';

export interface CourtRegister {
  readonly code: string;
  /** Needed for a court that has no entry yet. */
  readonly name?: string;
  readonly accounts: readonly RegisteredAccount[];
  /** The version that was read; left out, the newest is replaced. */
  readonly version?: number;
}

/** Replaces a court's register of master accounts. Accounts of cases that stand already are judged again when money is to move. */
@Injectable()
export class RegisterCourtAccounts {
  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(FactRecorder) private readonly facts: FactRecorder,
  ) {}

  /** @throws AppError `stale-version`, `invalid` for the same account twice or a new court without a name */
  async replace(tx: Tx, register: CourtRegister, byUser: string): Promise<void> {
    const version = await this.nextVersion(tx, register);
    await tx.run('DELETE FROM court_accounts WHERE court_code = ?', [register.code]);
    const key = this.vault.systemKey('court-accounts');
    for (const [index, account] of register.accounts.entries()) {
      const nameIndex = this.vault.blind.of('name', account.name);
      const place = accountRowId(register.code, nameIndex, account.bankNumber);
      const isNew = await tx.insertOnce('court_accounts', {
        court_code: register.code,
        name_index: nameIndex,
        bank_number: account.bankNumber,
        sealed: this.vault.seal(key, 'court_accounts', 'sealed', place, account),
        at: this.parts.clock.now(),
      });
      if (!isNew)
        throw new AppError('invalid', '同一账户重复', { errors: [{ pointer: `/accounts/${index}`, detail: '与前面的账户重复' }] });
    }
    await this.facts.record(tx, {
      type: 'court-accounts.replaced',
      subject: `court:${register.code}`,
      actor: byUser,
      content: { code: register.code, version, accounts: register.accounts.map((account) => ({ ...account })) },
    });
  }

  private async nextVersion(tx: Tx, { code, name, version }: CourtRegister): Promise<number> {
    const court = await findCourt(tx, code);
    if (court) {
      const next = court.version + 1;
      await compareAndSetOrStale(tx, 'courts', { version: next, name: name ?? court.name }, { code, version: version ?? court.version });
      return next;
    }
    if (name === undefined) throw new AppError('invalid', '首次登记须写明法院名称', { errors: [{ pointer: '/name', detail: '不能为空' }] });
    if (version !== undefined) throw new AppError('stale-version', '该法院尚无登记');
    await insert(tx, 'courts', { code, name, version: 1 });
    return 1;
  }
}
