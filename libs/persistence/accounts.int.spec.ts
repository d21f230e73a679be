import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { silentLog, SystemClock, systemEntropy } from '#kernel';
import { testDatabaseUrl, TestStores } from '#testing';
import { assertCannotRewrite, createAccounts, insert, openMysql, type Migration, type OpenDatabase } from './index.js';

const leaves: Migration = {
  name: '0001-leaves',
  statements: [
    'CREATE TABLE leaves (seq {sequence}, leaf {text} NOT NULL UNIQUE)',
    'CREATE TABLE heads (name {word} NOT NULL PRIMARY KEY, size {int} NOT NULL, origin {text})',
    'CREATE TABLE staging (id {id} NOT NULL PRIMARY KEY)',
  ],
};

/** What an administrator of the application, or a thief of its password, would try. */
const ATTACKS: readonly (readonly [string, string])[] = [
  ['change a leaf', "UPDATE leaves SET leaf = 'forged'"],
  ['delete a leaf', 'DELETE FROM leaves'],
  ['empty the table', 'TRUNCATE leaves'],
  ['drop the table', 'DROP TABLE leaves'],
  ['change the table', 'ALTER TABLE leaves ADD COLUMN forged INT'],
  ['put another table in its place', 'RENAME TABLE leaves TO old_leaves'],
  ['replace a leaf', "REPLACE INTO leaves (seq, leaf) VALUES (1, 'forged')"],
  ['insert over a leaf', "INSERT INTO leaves (seq, leaf) VALUES (1, 'true') ON DUPLICATE KEY UPDATE leaf = 'forged'"],
];

(testDatabaseUrl() ? describe : describe.skip)('the accounts of an installation', () => {
  const stores = new TestStores('mysql');
  const opened: OpenDatabase[] = [];
  const prefix = stores.serverName('a');
  const passwords = { app_rw: 'a-1', ledger_append: 'b-2', ledger_read: 'c-3', migrator: 'd-4' };
  const ledger = stores.serverName('ledger');
  let owner: OpenDatabase;

  const openAs = async (account: keyof typeof passwords, name: string): Promise<OpenDatabase> => {
    const url = new URL(stores.url);
    url.username = `${prefix}_${account}`;
    url.password = passwords[account];
    const database = await openMysql({
      url: url.toString(),
      database: stores.serverName(name),
      migrations: [leaves],
      migrate: 'check',
      time: new SystemClock(),
      entropy: systemEntropy,
      log: silentLog,
    });
    opened.push(database);
    return database;
  };

  beforeAll(async () => {
    owner = await stores.open('ledger', [leaves]);
    await stores.open('app', [leaves]);
    await owner.run((tx) => insert(tx, 'leaves', { leaf: 'true' }));
    await owner.run((tx) => insert(tx, 'heads', { name: 'head', size: 1, origin: 'log' }));
    await createAccounts({
      url: stores.url,
      prefix,
      passwords,
      appDatabases: [stores.serverName('app')],
      ledgerDatabase: ledger,
      ledgerChanges: [{ table: 'heads', columns: ['size'] }, { table: 'staging' }],
    });
  });

  afterAll(async () => {
    for (const database of opened) await database.close();
    for (const account of Object.keys(passwords)) await owner.run((tx) => tx.run(`DROP USER IF EXISTS '${prefix}_${account}'@'%'`));
    await stores.remove();
  });

  it.each(ATTACKS)('the ledger itself cannot %s', async (_, statement) => {
    const database = await openAs('ledger_append', 'ledger');
    await expect(database.run((tx) => tx.run(statement))).rejects.toThrow(/denied/);
    expect(await owner.reader.all('SELECT seq, leaf FROM leaves')).toEqual([{ seq: 1, leaf: 'true' }]);
  });

  it.each(ATTACKS)('the gateway cannot %s', async (_, statement) => {
    const database = await openAs('app_rw', 'app');
    const inLedger = statement.replaceAll(/\b(old_)?leaves\b/g, (table) => `${ledger}.${table}`);
    await expect(database.run((tx) => tx.run(inLedger))).rejects.toThrow(/denied/);
  });

  it('the ledger appends, and changes what it was told that changes, and that alone', async () => {
    const database = await openAs('ledger_append', 'ledger');
    await database.run(async (tx) => {
      await tx.run('UPDATE heads SET size = ? WHERE name = ?', [2, 'head']);
      await insert(tx, 'staging', { id: 'x' });
      await tx.run('DELETE FROM staging');
    });
    await expect(database.run((tx) => tx.run("UPDATE heads SET origin = 'other'"))).rejects.toThrow(/denied/);
  });

  it('the gateway has its own tables, may not change their shape, and does not even see the ledger', async () => {
    const database = await openAs('app_rw', 'app');
    await database.run((tx) => insert(tx, 'leaves', { leaf: 'own' }));
    await expect(database.run((tx) => tx.run('DROP TABLE leaves'))).rejects.toThrow(/denied/);
    await expect(database.reader.all(`SELECT leaf FROM ${ledger}.leaves`)).rejects.toThrow(/denied/);
  });

  it('a reader of the ledger reads', async () => {
    const database = await openAs('ledger_read', 'ledger');
    expect(await database.reader.all('SELECT leaf FROM leaves')).toEqual([{ leaf: 'true' }]);
    await expect(database.run((tx) => insert(tx, 'leaves', { leaf: 'x' }))).rejects.toThrow(/denied/);
  });

  it('a start is refused to accounts that could rewrite the ledger, and to no other', async () => {
    await assertCannotRewrite(await openAs('ledger_append', 'ledger'), ['leaves', 'heads']);
    await assertCannotRewrite(await openAs('app_rw', 'app'), ['leaves', 'heads'], ledger);
    const refused = { code: 'account-too-strong', level: 'fatal' };
    await expect(assertCannotRewrite(owner, ['leaves'])).rejects.toMatchObject(refused);
    await expect(assertCannotRewrite(await openAs('migrator', 'ledger'), ['leaves'])).rejects.toMatchObject(refused);
    await expect(assertCannotRewrite(await openAs('ledger_append', 'ledger'), ['staging'])).rejects.toMatchObject(refused);
  });
});
