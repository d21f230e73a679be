import { Inject, Injectable } from '@nestjs/common';
import type { Principal } from '#access';
import { AppError, newId, sha256Hex, type LegalDate } from '#kernel';
import { FactRecorder } from '#messaging';
import { compareAndSetOrStale, insert, type Tx } from '#persistence';
import { notFound, pathId } from '../../adapters/store/case-rows.js';
import {
  credentialImage,
  filingsOf,
  findOfficer,
  imageAad,
  officerAad,
  openOfficer,
  type CredentialKind,
  type Officer,
  type SealedOfficer,
} from '../../adapters/store/officer-rows.js';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';
import { Vault } from '../../vault.js';
import { publishGates } from '../publish-gates.js';

/** An entry of the officer register (R2) as the administrator gives it. Images are checked PNG or JPEG bytes. */
export interface OfficerEntry {
  readonly username: string;
  readonly name: string;
  readonly courtCode: string;
  readonly workId: string;
  readonly dutyId: string;
  readonly phone?: string;
  readonly workIdImage?: Buffer;
  readonly dutyIdImage?: Buffer;
  readonly validFrom: LegalDate;
  readonly validTo: LegalDate;
}

export interface Filing {
  readonly state: 'filed' | 'withdrawn';
  readonly from: LegalDate;
  readonly to: LegalDate;
}

/** Keeps the register of officers and their filings with banks. Every version stays; the newest is in force. */
@Injectable()
export class RegisterOfficer {
  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(FactRecorder) private readonly facts: FactRecorder,
  ) {}

  /** @throws AppError `already-exists` when the user name has an entry */
  async add(tx: Tx, entry: OfficerEntry, by: Principal): Promise<string> {
    assertPeriod(entry.validFrom, entry.validTo, '/validTo');
    const id = newId(this.parts.clock, this.parts.entropy);
    const isNew = await tx.insertOnce('officers', {
      id,
      version: 1,
      username: entry.username,
      court_code: entry.courtCode,
      sealed: this.sealed(id, 1, entry),
      valid_from: entry.validFrom,
      valid_to: entry.validTo,
      created_at: this.parts.clock.now(),
    });
    if (!isNew) throw new AppError('already-exists', '该用户名已有承办人登记');
    await this.keepVersion(tx, id, 1, entry, by);
    await tx.run('UPDATE users SET officer_id = ? WHERE username = ?', [id, entry.username]);
    await this.record(tx, 'officer.registered', id, 1, entry, by);
    return id;
  }

  /** A new version. What is left out of the optional members is gone with the old version, except images, which stay. */
  async change(tx: Tx, officerId: string, entry: OfficerEntry, by: Principal, expected?: number): Promise<void> {
    assertPeriod(entry.validFrom, entry.validTo, '/validTo');
    const row = await findOfficer(tx, pathId(officerId));
    if (!row) throw notFound();
    if (row.username !== entry.username) {
      throw new AppError('invalid', '登记的用户名不可更改', { errors: [{ pointer: '/username', detail: '与原登记不同' }] });
    }
    const old = openOfficer(this.vault, row);
    const kept = await this.withKeptImages(tx, old, entry);
    const version = row.version + 1;
    await compareAndSetOrStale(
      tx,
      'officers',
      {
        version,
        court_code: entry.courtCode,
        sealed: this.sealed(row.id, version, kept),
        valid_from: entry.validFrom,
        valid_to: entry.validTo,
      },
      { id: row.id, version: expected ?? row.version },
    );
    await this.keepVersion(tx, row.id, version, kept, by);
    await this.record(tx, 'officer.changed', row.id, version, kept, by);
    for (const filing of await filingsOf(tx, row.id)) await this.publish(tx, row.id, filing.bank, entry.validTo, filing);
  }

  /** @throws AppError `not-found` for an officer or a bank that does not exist */
  async file(tx: Tx, officerId: string, bank: string, filing: Filing, by: Principal): Promise<void> {
    assertPeriod(filing.from, filing.to, '/to');
    const row = await findOfficer(tx, pathId(officerId));
    if (!row || !this.parts.banks.find(bank)) throw notFound();
    const at = this.parts.clock.now();
    const columns = { state: filing.state, from_date: filing.from, to_date: filing.to, at };
    const isNew = await tx.insertOnce('filings', { officer_id: row.id, bank, ...columns, version: 1 });
    if (!isNew) {
      await tx.run(
        'UPDATE filings SET state = ?, from_date = ?, to_date = ?, at = ?, version = version + 1 WHERE officer_id = ? AND bank = ?',
        [filing.state, filing.from, filing.to, at, row.id, bank],
      );
    }
    await this.facts.record(tx, {
      type: 'officer.filed',
      subject: `officer:${row.id}`,
      actor: by.userId,
      content: { officerId: row.id, bank, state: filing.state, from: filing.from, to: filing.to },
    });
    await this.publish(tx, row.id, bank, row.valid_to, filing);
  }

  private sealed(id: string, version: number, entry: OfficerEntry): Buffer {
    const { name, workId, dutyId, phone, workIdImage, dutyIdImage } = entry;
    const clear: SealedOfficer = {
      name,
      workId,
      dutyId,
      ...(phone === undefined ? {} : { phone }),
      ...(workIdImage === undefined ? {} : { workIdImage: sha256Hex(workIdImage) }),
      ...(dutyIdImage === undefined ? {} : { dutyIdImage: sha256Hex(dutyIdImage) }),
    };
    return this.vault.seal(this.vault.systemKey('officers'), 'officers', 'sealed', officerAad(id, version), clear);
  }

  private async keepVersion(tx: Tx, id: string, version: number, entry: OfficerEntry, by: Principal): Promise<void> {
    await insert(tx, 'officer_versions', {
      officer_id: id,
      version,
      sealed: this.sealed(id, version, entry),
      valid_from: entry.validFrom,
      valid_to: entry.validTo,
      by_user: by.userId,
      at: this.parts.clock.now(),
    });
    await this.keepImage(tx, id, version, 'work', entry.workIdImage);
    await this.keepImage(tx, id, version, 'duty', entry.dutyIdImage);
  }

  private async keepImage(tx: Tx, id: string, version: number, kind: CredentialKind, bytes: Buffer | undefined): Promise<void> {
    if (!bytes) return;
    const sealed = this.vault.cipher.sealBytes(this.vault.systemKey('officers'), imageAad(id, version, kind), bytes);
    await insert(tx, 'officer_images', { officer_id: id, version, kind, sealed });
  }

  private async withKeptImages(tx: Tx, old: Officer, entry: OfficerEntry): Promise<OfficerEntry> {
    const workIdImage = entry.workIdImage ?? (await credentialImage(tx, this.vault, old, 'work'));
    const dutyIdImage = entry.dutyIdImage ?? (await credentialImage(tx, this.vault, old, 'duty'));
    return { ...entry, ...(workIdImage ? { workIdImage } : {}), ...(dutyIdImage ? { dutyIdImage } : {}) };
  }

  private async record(tx: Tx, type: string, id: string, version: number, entry: OfficerEntry, by: Principal): Promise<void> {
    const { username, name, courtCode, workId, dutyId, validFrom, validTo } = entry;
    const content = { officerId: id, version, username, name, courtCode, workId, dutyId, validFrom, validTo };
    await this.facts.record(tx, { type, subject: `officer:${id}`, actor: by.userId, content });
  }

  private publish(tx: Tx, officerId: string, bank: string, validTo: LegalDate, filing: Filing): Promise<void> {
    const officer = { id: officerId, filed: filing.state === 'filed', filedFrom: filing.from, filedTo: filing.to, validTo };
    return publishGates(tx, this.parts, [bank], officerId, { officer });
  }
}

function assertPeriod(from: LegalDate, to: LegalDate, pointer: string): void {
  if (to < from) throw new AppError('invalid', '止日早于起日', { errors: [{ pointer, detail: '早于起日' }] });
}
