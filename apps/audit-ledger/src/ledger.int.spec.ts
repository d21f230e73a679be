import { copyFile, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { decodeBody } from '#contracts';
import { canonicalBytes, silentLog } from '#kernel';
import { parseTlogProof, parseVerifierKey, verifyTlogProof } from '#merkle';
import { InProcessBus, type Message } from '#messaging';
import { builtFile, eventually, eventuallyHolds, runScript, tempDir, testStore, TestStores, type TempDir } from '#testing';
import { FactRows } from './adapters/store/fact-rows.js';
import { ledgerMigrations } from './ledger-migrations.js';
import { FactSource } from './testing/fact-source.js';
import { ORIGIN, requestId, Rig } from './testing/rig.js';
import { chainOf, readLeaf } from './use-cases/take-facts/read-leaf.js';

jest.setTimeout(60_000);
let verifier = '';
beforeAll(async () => {
  verifier = await builtFile('apps/ledger-verifier/src/main.ts');
}, 120_000);

/** Runs the auditors' program in a process of its own. */
async function verify(...args: string[]): Promise<{ code: number; line: string }> {
  const { code, stdout } = await runScript(verifier, args);
  return { code, line: stdout.trim() };
}

/** The messages of a chain's first facts, from a source of its own, which the test brings to the bus itself. */
async function collected(count: number): Promise<readonly Message[]> {
  const sent: Message[] = [];
  const bus = Object.assign(new InProcessBus(rig.clock, silentLog), {
    publish: (batch: readonly Message[]) => Promise.resolve(void sent.push(...batch)),
  });
  const apart = await FactSource.open({ file: path.join(place.path, 'apart.sqlite'), bus, clock: rig.clock, log: silentLog });
  for (let i = 0; i < count; i++) await apart.record(requestId(1), `fact ${i}`);
  apart.relay.start();
  await eventually(() => sent.length === count);
  await apart.close();
  return sent;
}

let place: TempDir;
let rig: Rig;
beforeEach(async () => {
  place = await tempDir('ledger');
  rig = await new Rig(place.path).start();
});
afterEach(async () => {
  await rig.stop();
  await place.remove();
});

describe('the ledger', () => {
  it('can be verified before its first fact and after many', async () => {
    expect(await verify('--log', rig.logFolder())).toMatchObject({ code: 0, line: expect.stringContaining('size=0 ') });
    await rig.record(600, 40);
    await rig.covered(600);
    const { code, line } = await verify('--log', rig.logFolder());
    expect([code, line]).toEqual([0, expect.stringContaining(`origin=${ORIGIN}/${rig.year()} size=600 `)]);
    expect(rig.events).toEqual([]);
  });

  it('takes each fact once from a bus that repeats and reorders', async () => {
    await rig.stop();
    const rude = new InProcessBus(rig.clock, silentLog, {
      redeliver: true,
      reorderAcrossKeys: (batch) => [...batch].sort((a, b) => (a.key < b.key ? 1 : a.key > b.key ? -1 : 0)),
    });
    await rig.start(rude);
    await rig.record(300, 9);
    await rig.covered(300);
    expect(await verify('--log', rig.logFolder())).toMatchObject({ code: 0 });
  });

  it('takes all facts of a batch that comes backwards', async () => {
    await rig.stop();
    await rig.start(new InProcessBus(rig.clock, silentLog, { reorderAcrossKeys: (batch) => [...batch].reverse() }));
    rig.source.relay.hold(true);
    await rig.record(30, 3);
    rig.source.relay.hold(false);
    await rig.covered(30);
    expect(await verify('--log', rig.logFolder())).toMatchObject({ code: 0 });
  });

  it('takes at its start what was left held although nothing is missing before it', async () => {
    await rig.source.relay.stop();
    const [first, second] = (await collected(2)) as [Message, Message];
    await rig.bus.publish([first]);
    await rig.covered(1);
    await rig.stop();
    const database = await new TestStores(testStore(), place.path).open('ledger', ledgerMigrations, { time: rig.clock });
    const { leaf: text, search } = decodeBody('fact.recorded.v1', second.body);
    const leaf = readLeaf(text);
    await database.run(async (tx) => {
      await new FactRows(database.reader).stage(tx, [{ messageId: second.id, chain: chainOf(leaf), leaf, search, takenAt: 0 }]);
      await tx.run("UPDATE ledger_facts SET state = 'held' WHERE state = 'waiting'", []);
    });
    await database.close();
    await rig.start();
    await rig.covered(2);
    expect(await verify('--log', rig.logFolder())).toMatchObject({ code: 0 });
  });

  it('holds a fact back until the one before it has come', async () => {
    await rig.source.relay.stop();
    const [first, second, third, fourth] = (await collected(4)) as [Message, Message, Message, Message];
    await rig.bus.publish([third]);
    await rig.bus.publish([first, fourth]);
    await rig.covered(1);
    expect(rig.events).toEqual(expect.arrayContaining(['ledger-fact-held']));
    await rig.bus.publish([second]);
    await rig.covered(4);
    expect(await verify('--log', rig.logFolder())).toMatchObject({ code: 0 });
  });

  it('lays aside what is no fact and goes on', async () => {
    await rig.record(1);
    const bad = (id: string, type: string, body: Buffer): Message => ({ id, topic: 'facts.v1', key: 'k', type, at: 0, headers: {}, body });
    const leaf = '{"v":1}';
    await rig.bus.publish([
      bad('bad-1', 'fact.recorded.v1', Buffer.from('{')),
      bad('bad-2', 'fact.recorded.v1', canonicalBytes({ leaf, search: { type: 'x' } })),
      bad('bad-3', 'fact.recorded.v9', Buffer.from('{}')),
    ]);
    await rig.record(1);
    await rig.covered(2);
    const dead = await rig.database.reader.all<{ message_id: string }>('SELECT message_id FROM dead_letters ORDER BY message_id');
    expect(dead.map((row) => row.message_id)).toEqual(['bad-1', 'bad-2', 'bad-3']);
    expect(rig.events).toEqual(['ledger-fact-refused', 'ledger-fact-refused', 'ledger-fact-refused']);
  });

  it('refuses a second version of a fact and keeps it as evidence', async () => {
    await rig.record(1);
    await rig.covered(1);
    const lying = await FactSource.open({ file: path.join(place.path, 'lying.sqlite'), bus: rig.bus, clock: rig.clock, log: silentLog });
    await lying.record(requestId(0), 'another story');
    lying.relay.start();
    // The warning is written before the commit that keeps the evidence, so the rows are what the test waits for.
    await eventuallyHolds(async () => {
      const rows = await rig.database.reader.all<{ state: string }>('SELECT state FROM ledger_facts ORDER BY seq');
      expect(rows.map((row) => row.state)).toEqual(['sequenced', 'refused']);
    });
    expect(rig.events).toContain('ledger-fact-refused');
    await lying.close();
  });

  it('proves every fact of a request, and each proof holds by itself', async () => {
    await rig.record(30);
    await rig.covered(30);
    const { proofs, pending, coveredSize } = await rig.ledger.proveRequest.execute(requestId(1));
    expect([proofs.length, pending, coveredSize]).toEqual([10, 0, 30]);
    const vkey = parseVerifierKey(await readFile(path.join(rig.logFolder(), 'vkey'), 'utf8'));
    for (const proof of proofs) expect(verifyTlogProof(parseTlogProof(proof.tlogProof), proof.leaf, vkey)).toMatchObject({ size: 30 });

    const file = path.join(place.path, 'proof.json');
    const items = proofs.map(({ index, leaf, tlogProof }) => ({ index, leaf: leaf.toString('base64'), tlogProof }));
    await writeFile(
      file,
      JSON.stringify({ format: 'chakong-proof/v1', origin: `${ORIGIN}/${rig.year()}`, vkey: vkey.vkey, proofs: items }),
    );
    await rig.record(300);
    await rig.covered(330);
    expect(await verify('--log', rig.logFolder(), '--proof', file)).toMatchObject({
      code: 0,
      line: expect.stringContaining('proofs=10'),
    });
    expect(await rig.ledger.proveRequest.execute(requestId(77))).toEqual({ proofs: [], pending: 0, coveredSize: 330 });
  });

  it('begins a new log with the year, and chains run on', async () => {
    await rig.record(5, 1);
    await rig.covered(5);
    const year = Number(rig.year());
    rig.clock.advance(366 * 86_400_000);
    await rig.record(3, 1);
    await eventuallyHolds(() => expect(rig.ledger.published.of().head).toMatchObject({ year: year + 1, size: 3 }), 10_000);
    expect(await verify('--log', rig.logFolder())).toMatchObject({ code: 0, line: expect.stringContaining('size=3 ') });
    expect((await verify('--log', rig.logFolder())).line).toContain('earlier=5');
    expect(await verify('--log', rig.logFolder(String(year)))).toMatchObject({
      code: 0,
      line: expect.stringContaining('size=5 '),
    });
    const { proofs } = await rig.ledger.proveRequest.execute(requestId(0));
    expect(proofs.map(({ origin, index }) => [origin, index])).toEqual([
      ...[0, 1, 2, 3, 4].map((index) => [`${ORIGIN}/${year}`, index]),
      ...[0, 1, 2].map((index) => [`${ORIGIN}/${year + 1}`, index]),
    ]);
  });

  it('leaves no partial file behind a full one and nothing staged', async () => {
    await rig.record(300, 10);
    await rig.covered(300);
    await eventuallyHolds(async () => expect(await readdir(path.join(rig.logFolder(), 'tile', '0'))).toEqual(['000', '001.p']));
    await eventuallyHolds(async () => expect(await readdir(path.join(place.path, 'ledger', 'staging'))).toEqual([]));
  });
});

/** An older database is put back by copying its files; on a server that is its administrator's work. */
const onFiles = testStore() === 'sqlite' ? it : it.skip;

describe('a start', () => {
  const restart = (): Promise<Rig> => rig.start();

  async function afterStop(change: () => Promise<void>): Promise<void> {
    await rig.record(300, 10);
    await rig.covered(300);
    await rig.stop();
    await change();
  }

  /** afterEach stops the rig, so one that runs must stand there in any case. */
  async function refuses(what: RegExp): Promise<void> {
    await expect(restart()).rejects.toMatchObject({ code: 'ledger-corrupt', message: expect.stringMatching(what) });
    rig = await new Rig(path.join(place.path, 'fresh')).start();
  }

  it('goes on where it was', async () => {
    await afterStop(async () => undefined);
    await restart();
    await rig.record(10, 10);
    await rig.covered(310);
    expect(await verify('--log', rig.logFolder())).toMatchObject({ code: 0 });
  });

  onFiles('refuses an older database, whose next signature would fork the log', async () => {
    await rig.record(5);
    await rig.covered(5);
    await rig.stop();
    const kept = path.join(place.path, 'kept');
    await mkdir(kept);
    for (const name of await readdir(place.path))
      if (name.startsWith('ledger.sqlite')) await copyFile(path.join(place.path, name), path.join(kept, name));
    await restart();
    await rig.record(5);
    await rig.covered(10);
    await rig.stop();
    for (const name of await readdir(place.path)) if (name.startsWith('ledger.sqlite')) await rm(path.join(place.path, name));
    await cp(kept, place.path, { recursive: true });
    await refuses(/published at 10, committed at 5: the database is older than the log/);
  });

  onFiles('refuses a lost database', async () => {
    await afterStop(async () => {
      for (const name of await readdir(place.path)) if (name.startsWith('ledger.sqlite')) await rm(path.join(place.path, name));
    });
    await refuses(/a published log that the database knows nothing of/);
  });

  it.each([
    ['a changed hash at the right edge', 'tile/0/001.p/44', /does not hash to its tile/],
    ['a changed hash above', 'tile/1/000.p/1', /do not give the committed root/],
    ['a changed entry', 'tile/entries/001.p/44', /does not hash to its tile/],
    ['a changed checkpoint', 'checkpoint', /the published checkpoint does not verify/],
    ['another key', 'vkey', /signed with another key or origin/],
  ])('refuses %s', async (_what, name, message) => {
    await afterStop(async () => {
      const file = path.join(rig.folder, 'ledger', String(rig.ledger.published.of().head.year), name);
      const bytes = await readFile(file);
      bytes[20] = (bytes[20] ?? 0) ^ 1;
      await writeFile(file, bytes);
    });
    await refuses(message);
  });

  it('refuses a missing tile', async () => {
    await afterStop(() => rm(path.join(rig.logFolder(), 'tile', '0', '001.p'), { recursive: true }));
    await refuses(/tile\/0\/001\.p\/44 is missing/);
  });

  it('refuses another seed', async () => {
    await afterStop(async () => undefined);
    await expect(new Rig(place.path, 6).start()).rejects.toMatchObject({ code: 'ledger-corrupt' });
    await restart();
  });
});

describe('a failing store or disk', () => {
  it('is recovered from without a gap, a fork or a restart', async () => {
    await rig.record(20);
    await rig.covered(20);
    let failures = 0;
    const run = rig.database.run.bind(rig.database);
    rig.database.run = async (work) => {
      failures += 1;
      // Every third commit fails after it was made, every fifth before: nobody can tell which.
      if (failures % 5 === 0) throw new Error('the disk is gone');
      const value = await run(work);
      if (failures % 3 === 0) throw new Error('the answer was lost');
      return value;
    };
    for (let i = 0; i < 10; i++) {
      await rig.record(15);
      await rig.clock.realSleep(60);
    }
    rig.database.run = run;
    await rig.covered(170);
    expect(failures).toBeGreaterThan(5);
    expect(await verify('--log', rig.logFolder())).toMatchObject({ code: 0 });
    expect(rig.ledger.haltedBy()).toBeUndefined();
  });
});
