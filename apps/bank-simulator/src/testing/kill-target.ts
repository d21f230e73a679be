import { errorText, silentLog, SystemClock, systemEntropy } from '#kernel';
import { BankCores } from '../banks/bank-cores.js';
import { openBooks } from '../banks/open-simulator.js';
import { BankOrders } from '../banks/orders.js';
import { replaceCustomers } from '../book/customers.js';
import { DEBTOR, entry, IDENTITY, freeze } from './sample-bank.js';

/**
 * A process that does nothing but take orders and say, one line each, which of them it has answered; a test kills it.
 * Usage: `node kill-target.js <folder> <name of this run>`.
 */
const AT_ONCE = 20;
const ACCOUNTS = 50;

async function main(folder: string, run: string): Promise<void> {
  const environment = { clock: new SystemClock(), entropy: systemEntropy, log: silentLog };
  const database = await openBooks(folder, environment);
  const bank = { ...IDENTITY, notices: true, desk: false };
  const cores = await BankCores.open([bank], { database, ...environment });
  const orders = new BankOrders(cores, database);
  const accounts = Array.from({ length: ACCOUNTS }, (_, i) => entry(String(i), '1000000'));
  await cores.submit(bank.bank, [], ({ book, at }) => replaceCustomers(book, [{ ...DEBTOR, accounts }], at));
  for (let round = 0; ; round++) {
    const some = Array.from({ length: AT_ONCE }, (_, i) => ({
      ...freeze(String((round + i) % ACCOUNTS), '0.01', { to: '2099-01-01' }),
      orderNumber: `${run}-${round}-${i}`,
    }));
    await Promise.all(
      some.map(async (order) => {
        await orders.receive(bank.bank, order, true);
        process.stdout.write(`${order.orderNumber}\n`);
      }),
    );
  }
}

main(process.argv[2] ?? '', process.argv[3] ?? '').catch((error: unknown) => {
  process.stderr.write(errorText(error));
  process.exitCode = 1;
});
