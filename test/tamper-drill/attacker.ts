import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { sha256Hex, silentLog, SystemClock } from '#kernel';
import { newSignerKey, parseSignerKey, signCheckpoint } from '#merkle';
import { openSqlite, type Tx } from '#persistence';
import { filesOver, forgedAfter, forgedLike, readLog, writeLog } from './forged-log.js';

/**
 * The attacker: a process that is given paths of files and nothing else.
 *
 *   attacker <attack> <data folder> <year's log in it> <an older copy of the data folder>
 *
 * It knows the system as well as its makers do, and leaves everything as consistent as it can.
 */
const [attack = '', dataDir = '', logFolder = '', oldDataDir = ''] = process.argv.slice(2);
const year = path.basename(logFolder);
const oldLog = path.join(oldDataDir, 'ledger', year);
/** A place that is neither the first nor at the right edge. */
const SOMEWHERE = 5;

async function inDatabase(work: (tx: Tx) => Promise<unknown>): Promise<void> {
  const file = path.join(dataDir, 'ledger.sqlite');
  const database = await openSqlite({ file, migrations: [], time: new SystemClock(), log: silentLog });
  await database.run(work);
  await database.close();
}

const sql = (statement: string, ...params: readonly (string | number | Buffer)[]): Promise<void> =>
  inDatabase((tx) => tx.run(statement, params));

async function stolenKey(origin: string) {
  return parseSignerKey(newSignerKey(origin, await readFile(path.join(dataDir, 'keys', 'ledger.seed'))));
}

/** Puts the ledger's database back, with its write-ahead log. */
async function restoreDatabase(): Promise<void> {
  for (const suffix of ['', '-wal', '-shm']) {
    const name = `ledger.sqlite${suffix}`;
    await rm(path.join(dataDir, name), { force: true });
    await cp(path.join(oldDataDir, name), path.join(dataDir, name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
  }
}

/** Another history from the old copy on, signed with the stolen key, in place of the log. */
async function fork(): Promise<void> {
  const [now, old] = [await readLog(logFolder), await readLog(oldLog)];
  const entries = [...old.entries];
  while (entries.length <= now.size + SOMEWHERE) entries.push(forgedAfter(entries.at(-1) ?? Buffer.alloc(0)));
  const { files, root } = filesOver(entries);
  await writeLog(logFolder, files, signCheckpoint(now.origin, entries.length, root, [await stolenKey(now.origin)]));
}

/** The last leaf says something else, in the log and in the database, and the root is signed anew with the stolen key. */
async function resign(): Promise<void> {
  const { origin, size, entries } = await readLog(logFolder);
  const forged = forgedLike(entries.at(-1) ?? Buffer.alloc(0));
  const { files, root } = filesOver([...entries.slice(0, -1), forged]);
  const checkpoint = signCheckpoint(origin, size, root, [await stolenKey(origin)]);
  await writeLog(logFolder, files, checkpoint);
  await inDatabase(async (tx) => {
    const hash = sha256Hex(Buffer.of(0), forged);
    await tx.run('UPDATE ledger_chains SET leaf_hash = ? WHERE leaf_hash = (SELECT leaf_hash FROM ledger_facts WHERE log_index = ?)', [
      hash,
      size - 1,
    ]);
    await tx.run('UPDATE ledger_facts SET leaf = ?, leaf_hash = ? WHERE log_index = ?', [forged, hash, size - 1]);
    await tx.run('UPDATE ledger_heads SET root = ?, checkpoint = ?', [root.toString('hex'), checkpoint]);
  });
}

/** The last rows go, and the head goes back to where it was before them, with its own old signature. */
async function truncate(): Promise<void> {
  const old = await readFile(path.join(oldLog, 'checkpoint'));
  const [, size = '0', root = ''] = old.toString('utf8').split('\n');
  // The row keeps the log's own signature alone.
  const note = Buffer.from(`${old.toString('utf8').split('\n').slice(0, 5).join('\n')}\n`);
  await inDatabase(async (tx) => {
    await tx.run('DELETE FROM ledger_facts WHERE log_index >= ?', [Number(size)]);
    await tx.run('UPDATE ledger_heads SET size = ?, root = ?, checkpoint = ?', [
      Number(size),
      Buffer.from(root, 'base64').toString('hex'),
      note,
    ]);
  });
}

const COLUMNS = 'message_id, chain, chain_seq, prev, leaf_hash, leaf, type, taken_at, state, log_year, log_index';

async function swapTile(): Promise<void> {
  const { size } = await readLog(logFolder);
  const name = path.join(logFolder, 'tile', '0', size >= 256 ? '000' : `000.p/${size}`);
  const bytes = await readFile(name);
  await writeFile(name, Buffer.concat([bytes.subarray(32, 64), bytes.subarray(0, 32), bytes.subarray(64)]));
}

/** A fact that never happened is put among those that wait: the ledger itself will give it a place and sign it. */
async function forgeFact(): Promise<void> {
  const { entries } = await readLog(logFolder);
  const chains = new Map(entries.map((leaf) => [chainOf(leaf), leaf]));
  const last = [...chains.values()].filter((leaf) => leaf.includes('"order":"') && leaf.includes('"source":"court-gateway"')).at(-1);
  if (!last) throw new Error('the log holds no fact about an order');
  const forged = forgedAfter(last);
  const { subjectSeq, prev, type, at } = JSON.parse(forged.toString('utf8')) as {
    subjectSeq: number;
    prev: string;
    type: string;
    at: string;
  };
  await sql(
    `INSERT INTO ledger_facts (message_id, chain, chain_seq, prev, leaf_hash, leaf, type, taken_at, happened_at, state)
     VALUES ('forged', ?, ?, ?, ?, ?, ?, 0, ?, 'waiting')`,
    ...[chainOf(last), subjectSeq, prev, sha256Hex(Buffer.of(0), forged), forged, type, at],
  );
}

function chainOf(leaf: Buffer): string {
  const { source, subject } = JSON.parse(leaf.toString('utf8')) as { source: string; subject: string };
  return sha256Hex(`${source} ${subject}`);
}

const ATTACKS: Readonly<Record<string, () => Promise<unknown>>> = {
  'edit-row': async () => {
    const leaf = (await readLog(logFolder)).entries[SOMEWHERE] ?? Buffer.alloc(0);
    const forged = forgedLike(leaf);
    await sql('UPDATE ledger_facts SET leaf = ?, leaf_hash = ? WHERE log_index = ?', forged, sha256Hex(Buffer.of(0), forged), SOMEWHERE);
  },
  'delete-row': () => sql('DELETE FROM ledger_facts WHERE log_index = ?', SOMEWHERE),
  'insert-row': () =>
    sql(
      `INSERT INTO ledger_facts (${COLUMNS}) SELECT 'inserted', chain, chain_seq, prev, leaf_hash, leaf, type, taken_at, 'sequenced', log_year,
       (SELECT size FROM ledger_heads WHERE ledger_heads.log_year = ledger_facts.log_year) + 1000 FROM ledger_facts WHERE log_index = ?`,
      SOMEWHERE,
    ),
  'reorder-rows': () =>
    inDatabase(async (tx) => {
      await tx.run('UPDATE ledger_facts SET log_index = -1 WHERE log_index = ?', [SOMEWHERE]);
      await tx.run('UPDATE ledger_facts SET log_index = ? WHERE log_index = ?', [SOMEWHERE, SOMEWHERE + 1]);
      await tx.run('UPDATE ledger_facts SET log_index = ? WHERE log_index = -1', [SOMEWHERE + 1]);
    }),
  'truncate-rows': truncate,
  'restore-database': restoreDatabase,
  'restore-everything': async () => {
    await rm(dataDir, { recursive: true });
    await cp(oldDataDir, dataDir, { recursive: true });
  },
  'swap-tile': swapTile,
  'replace-checkpoint': () => cp(path.join(oldLog, 'checkpoint'), path.join(logFolder, 'checkpoint')),
  'forge-fact': forgeFact,
  fork,
  resign,
};

const run = ATTACKS[attack];
if (!run) throw new Error(`no attack is called ${attack}`);
await run();
