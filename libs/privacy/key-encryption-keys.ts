import { hkdfSync } from 'node:crypto';
import { AppError } from '#kernel';
import { DATA_KEY_BYTES, type DataKey } from './sealed-bytes.js';

/** One key-encryption key: it wraps case keys and nothing else. */
export interface Kek {
  readonly id: string;
  readonly key: Buffer;
}

/**
 * Where key-encryption keys come from. The file driver is for one machine; a driver for a key service loads what it
 * needs at start, because sealing happens in code that must not wait.
 */
export interface KekSource {
  /** The key under which new case keys are wrapped. */
  current(): Kek;
  /** @throws AppError `kek-unknown` */
  find(id: string): Kek;
  /** The secret that never rotates, from which system, index and pseudonym keys are derived. 32 bytes. */
  root(): Buffer;
  /** Looks anew: another process may have begun a generation or ended one. */
  reload(): Promise<void>;
}

/** A source whose keys have generations. To end one makes every copy of what was wrapped under it unreadable, wherever it lies. */
export interface KekGenerations extends Pick<KekSource, 'find' | 'reload'> {
  has(id: string): boolean;
  /** Sees to it that a generation after `id` is current, durably. Safe to repeat, also beside a process that does the same. */
  begin(id: string): Promise<Kek>;
  /** Destroys a generation. One that is gone already is no error; the current one is never ended. */
  end(id: string): Promise<void>;
}

/** Derives a 32-byte key of one purpose (HKDF-SHA-256, RFC 5869). Two labels give two independent keys. */
export function deriveKey(root: Buffer, label: string): DataKey {
  return Buffer.from(hkdfSync('sha256', root, 'chakong/v1', label, DATA_KEY_BYTES));
}

/** How many distinct labels one process may use; labels are names in our code, so more is a defect. */
const SYSTEM_LABELS_MAX = 1_000;

/**
 * Keys for personal data outside any case, such as officers' credentials. They are not erased with a case.
 * `get` has the form of a case key look-up, so a blob store can be opened over a system scope.
 */
export class SystemKeys {
  private readonly derived = new Map<string, DataKey>();

  constructor(private readonly source: Pick<KekSource, 'root'>) {}

  key(label: string): DataKey {
    const known = this.derived.get(label);
    if (known) return known;
    if (this.derived.size >= SYSTEM_LABELS_MAX) throw new AppError('invariant-broken', 'too many system key labels', { level: 'fatal' });
    const key = deriveKey(this.source.root(), `system/${label}`);
    this.derived.set(label, key);
    return key;
  }

  get(label: string): Promise<DataKey> {
    return Promise.resolve(this.key(label));
  }
}
