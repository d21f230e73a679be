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
import { compareAndSet, insert, type Tx } from '#persistence';
import { enqueue } from './outbox.js';

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
    invariant((fact.caseId === undefined) === (fact.caseKey === undefined), 'a fact of a case needs the case key');
    const at = this.clock.now();
    const head = await tx.one<{ seq: number; leaf_hash: string }>('SELECT seq, leaf_hash FROM fact_heads WHERE subject = ?', [
      fact.subject,
    ]);
    const salt = this.entropy.bytes(SALT_BYTES);
    const content = canonicalBytes(fact.content);
    const leaf = canonicalBytes(this.leaf(fact, at, (head?.seq ?? 0) + 1, head?.leaf_hash, sha256(salt, sha256(content)).toString('hex')));
    const leafHash = sha256(Buffer.of(0), leaf).toString('hex');
    await this.advanceHead(tx, fact.subject, (head?.seq ?? 0) + 1, leafHash);
    const opening = Buffer.concat([salt, content]);
    await insert(tx, 'facts', {
      leaf_hash: leafHash,
      subject: fact.subject,
      subject_seq: (head?.seq ?? 0) + 1,
      type: fact.type,
      at,
      request_id: fact.requestId ?? null,
      case_id: fact.caseId ?? null,
      leaf,
      opening: this.privacy.sealOpening(fact.caseKey, leafHash, opening),
    });
    const search = {
      type: fact.type,
      actor: fact.actor,
      orderNumber: fact.orderNumber,
      caseNumber: fact.caseNumber,
      requestId: fact.requestId,
    };
    await enqueue(tx, {
      id: newId(this.clock, this.entropy),
      topic: FACTS_TOPIC,
      key: `${this.source}/${fact.subject}`,
      type: FACT_TYPE,
      at,
      headers: {},
      body: canonicalBytes({ leaf: leaf.toString('utf8'), search }),
    });
    return leafHash;
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

  private async advanceHead(tx: Tx, subject: string, seq: number, leafHash: string): Promise<void> {
    const moved =
      seq === 1
        ? await tx.insertOnce('fact_heads', { subject, seq, leaf_hash: leafHash })
        : await compareAndSet(tx, 'fact_heads', { seq, leaf_hash: leafHash }, { subject, seq: seq - 1 });
    if (!moved) throw new AppError('store-unavailable', 'another fact of the subject came first', { retryable: true });
  }
}
