import { Inject, Injectable } from '@nestjs/common';
import { FieldCipher, fieldAad, type BlindIndex, type BlobStore, type CaseKeys, type DataKey, type SystemKeys } from '#privacy';
import { PARTS, type GatewayParts } from './gateway-parts.js';

/** The names of the system keys that the gateway uses, one for each kind of thing outside any case. */
export type SystemScope =
  'users' | 'officers' | 'court-accounts' | 'facts' | 'answers' | 'imports' | 'oidc-login' | 'sign-in-failures' | 'statements';

/**
 * Sealing and opening for the gateway's tables. A sealed value is bound to its table, column and row, so none can be moved.
 * Case keys are fetched (`keyOf`) before a transaction; sealing inside it waits for nothing.
 */
@Injectable()
export class Vault {
  readonly keys: CaseKeys;
  readonly blind: BlindIndex;
  readonly blobs: BlobStore;
  readonly cipher: FieldCipher;
  private readonly systemKeys: SystemKeys;

  constructor(@Inject(PARTS) parts: GatewayParts) {
    this.keys = parts.keys;
    this.blind = parts.blind;
    this.blobs = parts.blobs;
    this.systemKeys = parts.systemKeys;
    this.cipher = new FieldCipher(parts.entropy);
  }

  /** @throws AppError `content-erased` when the case's key was destroyed */
  keyOf(caseId: string): Promise<DataKey> {
    return this.keys.get(caseId);
  }

  systemKey(scope: SystemScope): DataKey {
    return this.systemKeys.key(scope);
  }

  /** Seals the JSON of a value for one place; money must be text in it. */
  seal(key: DataKey, table: string, column: string, rowId: string, clear: unknown): Buffer {
    return this.cipher.sealJson(key, fieldAad(table, column, rowId), clear);
  }

  open<T>(key: DataKey, table: string, column: string, rowId: string, sealed: Uint8Array): T {
    return this.cipher.openJson<T>(key, fieldAad(table, column, rowId), sealed);
  }
}
