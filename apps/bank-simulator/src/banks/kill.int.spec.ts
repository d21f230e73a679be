import { spawn } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { silentLog, SystemClock, systemEntropy } from '#kernel';
import { builtFile, withTempDir } from '#testing';
import { customerViews } from '../book/customers.js';
import { IDENTITY } from '../testing/sample-bank.js';
import { BankCores } from './bank-cores.js';
import { JournalBook } from './journal-book.js';
import { openBooks } from './open-simulator.js';

const KILLS = 4;
const ANSWERS_BEFORE_KILL = 150;

/** Runs the target until it has said enough, kills it with SIGKILL, and returns what it had said. */
function killed(script: string, folder: string, run: string): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, folder, run], { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    let complaints = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8');
      if (said.split('\n').length > ANSWERS_BEFORE_KILL) child.kill('SIGKILL');
    });
    child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString('utf8')));
    child.once('exit', (_, signal) => (signal === 'SIGKILL' ? resolve(said.split('\n').slice(0, -1)) : reject(new Error(complaints))));
  });
}

describe('a killed simulator', () => {
  it('has done what it answered, each order once, and nothing by halves', () =>
    withTempDir(async (folder) => {
      const script = await builtFile('apps/bank-simulator/src/testing/kill-target.ts');
      const answered: string[] = [];
      for (let run = 0; run < KILLS; run++) answered.push(...(await killed(script, folder, `run${run}`)));
      const environment = { clock: new SystemClock(), entropy: systemEntropy, log: silentLog };
      const database = await openBooks(folder, environment);
      const bank = { ...IDENTITY, notices: true, desk: false };
      const cores = await BankCores.open([bank], { database, ...environment });
      const journal = await new JournalBook(database).all(bank.bank);
      const numbers = journal.map((row) => row.orderNumber);
      expect(answered.length).toBeGreaterThanOrEqual(KILLS * ANSWERS_BEFORE_KILL);
      expect(new Set(numbers).size).toBe(numbers.length);
      expect(answered.filter((number) => !numbers.includes(number))).toEqual([]);
      expect(journal.map((row) => row.seq)).toEqual(journal.map((_, i) => i + 1));
      const views = await cores.submit(bank.bank, [], ({ book }) => customerViews(book));
      const frozen = views.flatMap((view) => view.accounts.flatMap((account) => account.freezes.map((freeze) => freeze.orderNumber)));
      expect(frozen.sort()).toEqual(numbers.sort());
      const stored = await database.reader.all('SELECT order_number FROM sim_order');
      expect(stored.map((row) => String(row['order_number'])).sort()).toEqual(numbers);
      await cores.close();
      await database.close();
    }));
});
