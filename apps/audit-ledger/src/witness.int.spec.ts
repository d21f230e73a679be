import path from 'node:path';
import { Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createHttpServer } from '#http';
import { silentLog, SystemClock, type Log } from '#kernel';
import {
  addCosignatures,
  cosignerOf,
  formatAddCheckpoint,
  newSignerKey,
  parseSignerKey,
  parseWitnessPolicy,
  RightEdge,
  signCheckpoint,
  TreeReader,
  type NoteSigner,
  type TileSource,
} from '#merkle';
import { InProcessBus } from '#messaging';
import { openSqlite, type SqliteDatabase } from '#persistence';
import { eventuallyHolds, tempDir, type TempDir } from '#testing';
import { LogFolder } from './adapters/files/log-folder.js';
import { mountWitness } from './adapters/http/witness-routes.js';
import { WitnessHeadRows } from './adapters/store/witness-heads.js';
import { LedgerService } from './ledger-service.js';
import { ledgerMigrations } from './ledger-migrations.js';
import { FactSource } from './testing/fact-source.js';
import { WitnessCheckpoint } from './use-cases/witness-checkpoint/witness-checkpoint.js';
import { witnessMigrations } from './witness-migrations.js';

@Module({})
class Nothing {}

const clock = new SystemClock();

/** A witness as a process of its own would be: its database, its key, its port. */
class Witness {
  private app!: NestFastifyApplication;
  private database!: SqliteDatabase;
  readonly signer = cosignerOf('witness.test/regulator', Buffer.alloc(32, 77));
  url = '';

  constructor(
    private readonly folder: string,
    private readonly logs: readonly NoteSigner[],
  ) {}

  async start(port = 0): Promise<this> {
    const file = path.join(this.folder, 'witness.sqlite');
    this.database = await openSqlite({ file, migrations: witnessMigrations, time: clock, log: silentLog });
    const heads = new WitnessHeadRows(this.database.reader);
    const logs = this.logs.map(({ verifier }) => verifier);
    const witness = new WitnessCheckpoint({ database: this.database, heads, signer: this.signer, logs, clock, log: silentLog });
    this.app = await createHttpServer(Nothing, silentLog);
    mountWitness(this.app.getHttpAdapter().getInstance(), '/w', witness);
    await this.app.listen(port, '127.0.0.1');
    this.url = `${await this.app.getUrl()}/w`;
    return this;
  }

  async stop(): Promise<void> {
    await this.app.close();
    await this.database.close();
  }

  async ask(body: Buffer | string, type?: string): Promise<{ status: number; type: string | null; text: string }> {
    const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type };
    const response = await fetch(`${this.url}/add-checkpoint`, { method: 'POST', headers, body: new Uint8Array(Buffer.from(body)) });
    return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
  }
}

/** A log in memory whose checkpoints at every size can be had. */
class GrowingLog {
  private readonly tiles = new Map<string, Uint8Array>();
  readonly roots = new Map<number, Buffer>();
  private edge = RightEdge.empty();

  constructor(
    readonly signer: NoteSigner,
    entries: number,
    name = 'entry',
  ) {
    this.roots.set(0, this.edge.root());
    for (let i = 0; i < entries; i++) {
      const growth = this.edge.grow([Buffer.from(`${name} ${i}`)]);
      for (const file of growth.files) this.tiles.set(file.path, file.bytes);
      this.edge = growth.edge;
      this.roots.set(i + 1, growth.root);
    }
  }

  checkpoint(size: number): Buffer {
    return signCheckpoint(this.signer.name, size, this.roots.get(size) ?? Buffer.alloc(32), [this.signer]);
  }

  async proof(from: number, to: number): Promise<Buffer[]> {
    const source: TileSource = {
      readTile: async (level, index, width) => this.tiles.get(`tile/${level}/00${index}.p/${width}`) ?? Buffer.alloc(0),
      readBundle: () => Promise.reject(new Error('no entries here')),
    };
    return new TreeReader(source, to).consistencyProof(from);
  }

  async request(old: number, size: number): Promise<Buffer> {
    const proof = old > 0 && old < size ? await this.proof(old, size) : [];
    return formatAddCheckpoint({ old, proof, checkpoint: this.checkpoint(size) });
  }
}

const signerOf = (name: string, seed: number): NoteSigner => parseSignerKey(newSignerKey(name, Buffer.alloc(32, seed)));
const log = new GrowingLog(signerOf('log.test/2026', 1), 30);
const fork = new GrowingLog(log.signer, 30, 'forged');

let place: TempDir;
let witness: Witness;
beforeEach(async () => {
  place = await tempDir('witness');
  witness = await new Witness(place.path, [log.signer]).start();
});
afterEach(async () => {
  await witness.stop();
  await place.remove();
});

describe('a witness', () => {
  it('cosigns what continues, and remembers it over a restart', async () => {
    for (const [old, size] of [
      [0, 3],
      [3, 3],
      [3, 20],
    ] as const) {
      const answer = await witness.ask(await log.request(old, size));
      expect([old, size, answer.status, answer.type]).toEqual([old, size, 200, 'text/plain; charset=utf-8']);
      expect(addCosignatures(log.checkpoint(size), answer.text, [witness.signer.cosigner]).good).toHaveLength(1);
    }
    await witness.stop();
    await witness.start();
    expect(await witness.ask(await log.request(0, 25))).toEqual({ status: 409, type: 'text/x.tlog.size', text: '20\n' });
    expect(await witness.ask(await log.request(20, 25), 'application/json')).toMatchObject({ status: 200 });
  });

  it.each<[string, number, () => Promise<Buffer>]>([
    ['no request', 400, () => Promise.resolve(Buffer.from('hello\n'))],
    ['an empty body', 400, () => Promise.resolve(Buffer.alloc(0))],
    ['a log that it does not follow', 404, () => new GrowingLog(signerOf('other.test', 1), 5).request(0, 5)],
    ['another key under the same origin', 403, () => new GrowingLog(signerOf('log.test/2026', 2), 12).request(10, 12)],
    ['an old size beyond the checkpoint', 400, () => log.request(10, 9)],
    ['an older size than it knows', 409, () => log.request(5, 12)],
    ['the old size 0 when it knows more', 409, () => log.request(0, 12)],
    ['a fork', 422, () => fork.request(10, 12)],
    ['another root at the same size', 409, () => fork.request(10, 10)],
    ['a proof that is missing', 422, () => Promise.resolve(formatAddCheckpoint({ old: 10, proof: [], checkpoint: log.checkpoint(12) }))],
    [
      'a proof that is too long',
      422,
      async () => formatAddCheckpoint({ old: 10, proof: [...(await log.proof(10, 12)), Buffer.alloc(32)], checkpoint: log.checkpoint(12) }),
    ],
    [
      'a proof between equal sizes',
      422,
      () => Promise.resolve(formatAddCheckpoint({ old: 10, proof: [Buffer.alloc(32)], checkpoint: log.checkpoint(10) })),
    ],
  ])('refuses %s with %i and stays where it was', async (_what, status, request) => {
    expect(await witness.ask(await log.request(0, 10))).toMatchObject({ status: 200 });
    const answer = await witness.ask(await request());
    expect([answer.status, answer.text.includes('—')]).toEqual([status, false]);
    if (status === 409) expect(answer).toMatchObject({ type: 'text/x.tlog.size', text: '10\n' });
    expect(await witness.ask(await log.request(10, 11))).toMatchObject({ status: 200 });
  });

  it('lets exactly one of many requests from one size win', async () => {
    expect(await witness.ask(await log.request(0, 10))).toMatchObject({ status: 200 });
    const bodies = await Promise.all(Array.from({ length: 16 }, (_, i) => log.request(10, 11 + i)));
    const answers = await Promise.all(bodies.map((body) => witness.ask(body)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 15 }, () => 409)]);
    const won = 11 + answers.findIndex(({ status }) => status === 200);
    expect(await witness.ask(await log.request(0, 30))).toMatchObject({ status: 409, text: `${won}\n` });
  });

  it('lets one of two first requests win', async () => {
    const answers = await Promise.all([log.request(0, 4), fork.request(0, 5)].map(async (body) => witness.ask(await body)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  });
});

describe('the ledger and its witnesses', () => {
  const year = new Date(clock.now() + 8 * 3_600_000).getUTCFullYear();
  const origin = `gateway.test/ledger/${year}`;
  const seed = Buffer.alloc(32, 5);
  const ledgerKey = parseSignerKey(newSignerKey(origin, seed));
  let events: string[] = [];
  let databases: SqliteDatabase[] = [];
  let source: FactSource;
  let ledger: LedgerService;
  let bus: InProcessBus;

  async function start(profile: 'strict' | 'lenient', port: number): Promise<void> {
    events = [];
    const noted: Log = { write: (_level, event) => void events.push(event) };
    bus = new InProcessBus(clock, silentLog);
    const file = path.join(place.path, 'ledger.sqlite');
    const database = await openSqlite({ file, migrations: ledgerMigrations, time: clock, log: silentLog });
    databases = [database];
    const policy = parseWitnessPolicy(
      Buffer.from(`witness regulator ${witness.signer.cosigner.vkey} http://127.0.0.1:${port}/w\nquorum regulator\n`),
    );
    const settings = {
      folder: path.join(place.path, 'ledger'),
      originBase: 'gateway.test/ledger',
      signingKey: seed,
      witnesses: { policy, profile },
    };
    const tokens = { verify: () => Promise.reject(new Error('no HTTP here')) };
    ledger = new LedgerService({ database, bus, clock, log: noted, tokens, settings });
    await ledger.start();
    source = await FactSource.open({ file: path.join(place.path, 'source.sqlite'), bus, clock, log: silentLog });
    source.relay.start();
  }

  async function end(): Promise<void> {
    await source.close();
    await ledger.stop();
    await bus.close();
    for (const database of databases) await database.close();
  }

  const record = (content: string): Promise<string> => source.record('01961f5e-7c00-7000-8000-000000000001', content);
  const published = async (): Promise<string> =>
    (await new LogFolder(path.join(place.path, 'ledger', String(year))).read('checkpoint'))?.toString() ?? '';
  const isCosigned = (note: string): boolean => note.includes('— witness.test/regulator ');
  const portOf = (): number => Number(new URL(witness.url).port);

  async function followingWitness(): Promise<void> {
    await witness.stop();
    witness = await new Witness(place.path, [ledgerKey]).start();
  }

  it('strict: withholds below the quorum, keeps the facts, and publishes when the witness is back, over a restart too', async () => {
    await followingWitness();
    const port = portOf();
    await start('strict', port);
    await record('first');
    await eventuallyHolds(() => expect(ledger.published.of().head.size).toBe(1), 10_000);
    expect(isCosigned(await published())).toBe(true);
    await witness.stop();
    await record('second');
    await eventuallyHolds(() => expect(ledger.withheldBy()).toContain('2 entries lacks its quorum: no cosignature of regulator'), 10_000);
    await record('third');
    expect((await published()).split('\n')[1]).toBe('1');
    expect([ledger.published.of().head.size, events.includes('ledger-checkpoint-withheld'), ledger.haltedBy()]).toEqual([
      1,
      true,
      undefined,
    ]);
    await end();
    await start('strict', port);
    expect([ledger.published.of().head.size, (await published()).split('\n')[1]]).toEqual([1, '1']);
    await witness.start(port);
    await eventuallyHolds(() => expect(ledger.published.of().head.size).toBe(3), 10_000);
    expect([ledger.withheldBy(), isCosigned(await published()), isCosigned(ledger.published.of().head.checkpoint.toString())]).toEqual([
      undefined,
      true,
      true,
    ]);
    await end();
  });

  it('lenient: publishes without the witness, and adds its cosignature when it is there', async () => {
    await followingWitness();
    const port = portOf();
    await witness.stop();
    await start('lenient', port);
    await record('first');
    await eventuallyHolds(() => expect(ledger.published.of().head.size).toBe(1), 10_000);
    expect([isCosigned(await published()), ledger.withheldBy()]).toEqual([false, undefined]);
    await witness.start(port);
    await record('second');
    await eventuallyHolds(async () => {
      const note = await published();
      expect([note.split('\n')[1], isCosigned(note)]).toEqual(['2', true]);
    }, 10_000);
    await end();
  });

  it('strict: a witness that has seen more of the log than the database knows is reported', async () => {
    await followingWitness();
    const ahead = new GrowingLog(ledgerKey, 9);
    expect(await witness.ask(await ahead.request(0, 9))).toMatchObject({ status: 200 });
    await start('strict', portOf());
    await record('first');
    await eventuallyHolds(() => expect(events).toContain('witness-has-seen-more'), 10_000);
    expect(ledger.withheldBy()).toBeDefined();
    await end();
  });
});
