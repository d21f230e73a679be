import { hash } from 'node:crypto';
import path from 'node:path';
import { systemEntropy, type Clock, type Log, type RealTime } from '#kernel';
import { FactRecorder, FACTS_TOPIC, messagingMigration, Relay, type Fact, type FactPrivacy, type MessageBus } from '#messaging';
import type { OpenDatabase } from '#persistence';
import { testStore, TestStores } from '#testing';

/** Pseudonyms and openings without keys: nothing that a test records is anybody's. */
const openPrivacy: FactPrivacy = {
  pseudonym: (year, kind, value) => hash('sha256', `${year}/${kind}/${value}`).slice(0, 32),
  sealOpening: (_key, _leafHash, opening) => opening,
};

export interface FactSourceParts {
  readonly file: string;
  readonly bus: MessageBus;
  readonly clock: Clock & RealTime;
  readonly log: Log;
}

/** An app as far as the ledger sees one: it records facts with its business, and a relay brings them to the bus. For tests and measurements. */
export class FactSource {
  private constructor(
    readonly database: OpenDatabase,
    private readonly recorder: FactRecorder,
    readonly relay: Relay,
  ) {}

  static async open(parts: FactSourceParts): Promise<FactSource> {
    const { file, bus, clock, log } = parts;
    const stores = new TestStores(testStore(), path.dirname(file));
    const database = await stores.open(path.basename(file, '.sqlite'), [messagingMigration], { time: clock, log });
    const recorder = new FactRecorder('court-gateway', openPrivacy, clock, systemEntropy);
    return new FactSource(database, recorder, new Relay(database, bus, [FACTS_TOPIC], clock, log));
  }

  /** Records one fact of a request in a transaction of its own and returns its leaf hash (hex). */
  record(requestId: string, content: string): Promise<string> {
    return this.recordFact({ subject: `request:${requestId}`, requestId, content: { content } });
  }

  /** Records a fact that differs in some members. */
  async recordFact(over: Partial<Fact>): Promise<string> {
    const fact = {
      type: 'request.accepted',
      subject: 'request:1',
      actor: 'officer-1',
      orderNumber: '420106202600000001',
      caseNumber: '(2026)鄂0106执1号',
      content: {},
      ...over,
    };
    const hash = await this.database.run((tx) => this.recorder.record(tx, fact));
    this.relay.nudge();
    return hash;
  }

  async count(): Promise<number> {
    return Number((await this.database.reader.one<{ n: number }>('SELECT COUNT(*) AS n FROM facts'))?.n ?? 0);
  }

  async close(): Promise<void> {
    await this.relay.stop();
    await this.database.close();
  }
}
