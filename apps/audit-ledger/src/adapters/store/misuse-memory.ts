import { sha256Hex, type CanonicalValue, type Instant } from '#kernel';
import { compareAndSet, insertMany, placeholders, type Reader, type Row, type Tx } from '#persistence';
import type { Place } from '../../misuse/rule.js';
import type { KeptState, Memory } from '../../misuse/watch.js';

const CURSOR = 'watch';
/** States asked for or put away in one statement. */
const KEYS_PER_QUERY = 200;
/** States that one commit forgets for their age. */
const FORGET_MAX = 500;

interface StateRow extends Row {
  readonly rule: string;
  readonly name: string;
  readonly state: string;
  readonly until_at: number | null;
}

/** How far the watch has read, and what its rules remember; both move in the transaction that keeps the findings. */
export class MisuseMemoryRows {
  constructor(private readonly reader: Reader) {}

  /** The next entry to read; undefined before the first. */
  async cursor(): Promise<Place | undefined> {
    const row = await this.reader.one<{ log_year: number; log_index: number }>(
      'SELECT log_year, log_index FROM misuse_cursor WHERE name = ?',
      [CURSOR],
    );
    return row && { year: row.log_year, index: row.log_index };
  }

  /** False when somebody else has moved it: then nothing of this turn may be kept. */
  moveCursor(tx: Tx, from: Place | undefined, to: Place): Promise<boolean> {
    const moved = { log_year: to.year, log_index: to.index };
    if (!from) return tx.insertOnce('misuse_cursor', { name: CURSOR, ...moved });
    return compareAndSet(tx, 'misuse_cursor', moved, { name: CURSOR, log_year: from.year, log_index: from.index });
  }

  async load(keys: ReadonlyMap<string, ReadonlySet<string>>): Promise<readonly KeptState[]> {
    const digests = [...keys].flatMap(([rule, names]) => [...names].map((name) => digestOf(rule, name)));
    const found: KeptState[] = [];
    for (let from = 0; from < digests.length; from += KEYS_PER_QUERY) {
      const part = digests.slice(from, from + KEYS_PER_QUERY);
      const rows = await this.reader.all<StateRow>(
        `SELECT rule, name, state, until_at FROM misuse_states WHERE state_key IN (${placeholders(part.length)})`,
        part,
      );
      for (const { rule, name, state, until_at } of rows) {
        found.push({ rule, key: name, state: JSON.parse(state) as CanonicalValue, until: until_at ?? undefined });
      }
    }
    return found;
  }

  async save(tx: Tx, memory: Memory): Promise<void> {
    const changes = memory.changes();
    for (let from = 0; from < changes.length; from += KEYS_PER_QUERY) {
      const part = changes.slice(from, from + KEYS_PER_QUERY);
      await tx.run(
        `DELETE FROM misuse_states WHERE state_key IN (${placeholders(part.length)})`,
        part.map(({ rule, key }) => digestOf(rule, key)),
      );
      await insertMany(
        tx,
        'misuse_states',
        part.flatMap(({ rule, key, state }) => (state ? [rowOf(rule, key, state)] : [])),
      );
    }
  }

  /** Forgets states that have long been over, some at a time. */
  async forget(tx: Tx, before: Instant): Promise<void> {
    const rows = await tx.all<{ state_key: string }>(
      `SELECT state_key FROM misuse_states WHERE until_at < ? ORDER BY until_at LIMIT ${FORGET_MAX}`,
      [before],
    );
    if (rows.length === 0) return;
    await tx.run(
      `DELETE FROM misuse_states WHERE state_key IN (${placeholders(rows.length)})`,
      rows.map(({ state_key }) => state_key),
    );
  }
}

function rowOf(rule: string, key: string, { state, until }: KeptState) {
  return { state_key: digestOf(rule, key), rule, name: key, state: JSON.stringify(state), until_at: until ?? null };
}

const digestOf = (rule: string, key: string): string => sha256Hex(`${rule} ${key}`);
