import {
  AppError,
  canonicalBytes,
  instantText,
  invariant,
  legalDateOf,
  newId,
  sha256,
  type CanonicalValue,
  type Clock,
  type Entropy,
} from '#kernel';
import { compareAndSetMany, insertMany, placeholders, type GatheredWrite, type Tx } from '#persistence';
import type { Message } from './bus.js';
import { enqueueMany } from './outbox.js';
import { traceHeaders } from './trace.js';

export const FACTS_TOPIC = 'facts.v1';
export const FACT_TYPE = 'fact.recorded.v1';

/** What happened, before it is made into a leaf. */
export interface Fact {
  /** Stable dotted name, for example `request.accepted`. */
  readonly type: string;
  /** What the fact is about, without personal data: `request:<id>`, `order:<number>`, `case:<id>`, `user:<id>`. */
  readonly subject: string;
  readonly actor?: string;
  readonly orderNumber?: string;
  readonly caseNumber?: string;
  readonly caseId?: string;
  /** The data key of `caseId`, fetched before the transaction: a closure awaits nothing but the store. */
  readonly caseKey?: Buffer;
  readonly requestId?: string;
  /** What the salted commitment binds; personal data is allowed here, it never enters the leaf. */
  readonly content: CanonicalValue;
}

/** The privacy functions that a leaf needs, implemented by libs/privacy. */
export interface FactPrivacy {
  /** Keyed pseudonym of a name for the leaves of one year. */
  pseudonym(year: number, kind: 'actor' | 'order' | 'case', value: string): string;
  /** Encrypts the opening (salt and content) under the case's data key, or a system key when there is no case. */
  sealOpening(caseKey: Buffer | undefined, leafHash: string, opening: Buffer): Buffer;
}

const SALT_BYTES = 32;
/** Facts whose subjects one look-up names. */
const FACTS_AT_ONCE_MAX = 200;
/**
 * Chains that acts of one person in several processes lengthen at the same moment: they wait for each other's commit. All other subjects
 * belong to one act, or stand under the lock of their case.
 */
const SHARED_SUBJECT = 'user:';

/** Where a subject's chain stands: as it was read, and after the facts that are being made. */
interface Head {
  readonly was: number;
  readonly seq: number;
  readonly leafHash: string | undefined;
}

/**
 * Builds the canonical leaf and its salt where the fact happens and puts it into the outbox of the same transaction (I3, I12).
 * `(subject, subjectSeq, prev)` is gapless per source and subject, so that an omitted fact shows without any global counter.
 */
export class FactRecorder {
  constructor(
    private readonly source: string,
    private readonly privacy: FactPrivacy,
    private readonly clock: Clock,
    private readonly entropy: Entropy,
  ) {}

  /** Records the fact and returns its leaf hash (hex, RFC 6962). */
  async record(tx: Tx, fact: Fact): Promise<string> {
    const [leafHash] = await this.recordMany(tx, [fact]);
    invariant(leafHash !== undefined, 'one fact has one leaf');
    return leafHash;
  }

  /**
   * Leaves facts to be recorded before the commit, after the act's other messages, together with those of all closures that share it: for whoever
   * needs no leaf hash. Facts of one subject keep their order.
   */
  note(tx: Tx, facts: readonly Fact[], messages: readonly Message[] = []): void {
    enqueueMany(tx, messages);
    for (const fact of facts) tx.gather(this.recordGathered, fact);
  }

  private readonly recordGathered: GatheredWrite<Fact> = async (tx, facts) => {
    for (let from = 0; from < facts.length; from += FACTS_AT_ONCE_MAX)
      await this.recordMany(tx, facts.slice(from, from + FACTS_AT_ONCE_MAX));
  };

  /** Records the facts of one act in their order, several of one subject included, after the act's other messages, and returns their leaf hashes. */
  async recordMany(tx: Tx, facts: readonly Fact[], messages: readonly Message[] = []): Promise<readonly string[]> {
    if (facts.length === 0) {
      enqueueMany(tx, messages);
      return [];
    }
    const at = this.clock.now();
    const heads = await this.headsOf(tx, [...new Set(facts.map(({ subject }) => subject))]);
    const made = facts.map((fact) => this.make(fact, at, heads));
    await this.advanceHeads(tx, heads);
    tx.append(
      'facts',
      made.map(({ row }) => row),
    );
    enqueueMany(tx, [...messages, ...made.map(({ message }) => message)]);
    return made.map(({ row }) => row.leaf_hash);
  }

  private async headsOf(tx: Tx, subjects: readonly string[]): Promise<Map<string, Head>> {
    const shared = subjects.filter((subject) => subject.startsWith(SHARED_SUBJECT)).sort();
    if (shared.length > 0) {
      await tx.run(`UPDATE fact_heads SET seq = seq WHERE subject IN (${placeholders(shared.length)})`, shared);
    }
    const rows = await tx.all<{ subject: string; seq: number; leaf_hash: string }>(
      `SELECT subject, seq, leaf_hash FROM fact_heads WHERE subject IN (${placeholders(subjects.length)})`,
      subjects,
    );
    const heads = new Map<string, Head>(subjects.map((subject) => [subject, { was: 0, seq: 0, leafHash: undefined }]));
    for (const { subject, seq, leaf_hash } of rows) heads.set(subject, { was: seq, seq, leafHash: leaf_hash });
    return heads;
  }

  /** Builds one leaf on its subject's head, and moves the head on to it. */
  private make(fact: Fact, at: number, heads: Map<string, Head>) {
    invariant((fact.caseId === undefined) === (fact.caseKey === undefined), 'a fact of a case needs the case key');
    const head = heads.get(fact.subject);
    invariant(head, 'the head of every subject was read');
    const salt = this.entropy.bytes(SALT_BYTES);
    const content = canonicalBytes(fact.content);
    const leaf = canonicalBytes(this.leaf(fact, at, head.seq + 1, head.leafHash, sha256(salt, sha256(content)).toString('hex')));
    const leafHash = sha256(Buffer.of(0), leaf).toString('hex');
    heads.set(fact.subject, { was: head.was, seq: head.seq + 1, leafHash });
    const row = {
      leaf_hash: leafHash,
      subject: fact.subject,
      subject_seq: head.seq + 1,
      type: fact.type,
      at,
      request_id: fact.requestId ?? null,
      case_id: fact.caseId ?? null,
      leaf,
      opening: this.privacy.sealOpening(fact.caseKey, leafHash, Buffer.concat([salt, content])),
    };
    const search = {
      type: fact.type,
      actor: fact.actor,
      orderNumber: fact.orderNumber,
      caseNumber: fact.caseNumber,
      requestId: fact.requestId,
    };
    const message: Message = {
      id: newId(this.clock, this.entropy),
      topic: FACTS_TOPIC,
      key: `${this.source}/${fact.subject}`,
      type: FACT_TYPE,
      at,
      headers: traceHeaders(fact.requestId),
      body: canonicalBytes({ leaf: leaf.toString('utf8'), search }),
    };
    return { row, message };
  }

  private leaf(fact: Fact, at: number, subjectSeq: number, prev: string | undefined, commitment: string): CanonicalValue {
    const year = Number(legalDateOf(at).slice(0, 4));
    const named = (kind: 'actor' | 'order' | 'case', value: string | undefined): string | undefined =>
      value === undefined ? undefined : this.privacy.pseudonym(year, kind, value);
    return {
      v: 1,
      type: fact.type,
      at: instantText(at),
      source: this.source,
      actor: named('actor', fact.actor),
      order: named('order', fact.orderNumber),
      case: named('case', fact.caseNumber),
      subject: fact.subject,
      subjectSeq,
      prev,
      commitment,
    };
  }

  private async advanceHeads(tx: Tx, heads: ReadonlyMap<string, Head>): Promise<void> {
    const fresh = [...heads].filter(([, head]) => head.was === 0);
    const rows = fresh.map(([subject, { seq, leafHash }]) => ({ subject, seq, leaf_hash: leafHash ?? '' }));
    // A single first fact may be of a subject that others share, such as a user; several are of things that this act has made.
    const [only] = rows;
    if (only && rows.length === 1) orLate(await tx.insertOnce('fact_heads', only));
    else await insertMany(tx, 'fact_heads', rows);
    const moved = [...heads].filter(([, head]) => head.was > 0);
    const changes = moved.map(([subject, { was, seq, leafHash }]) => ({
      key: subject,
      expected: was,
      change: { seq, leaf_hash: leafHash ?? '' },
    }));
    orLate(await compareAndSetMany(tx, 'fact_heads', { key: 'subject', guard: 'seq' }, changes));
  }
}

function orLate(moved: boolean): void {
  if (!moved) throw new AppError('write-conflict', 'another fact of the subject came first', { retryable: true });
}
