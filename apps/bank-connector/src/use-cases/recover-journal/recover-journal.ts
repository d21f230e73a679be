import type { BankContext } from '../../bank-context.js';

/**
 * At the start of the process, before anything else: whatever was SENDING when the last one died is UNKNOWN, because nobody knows
 * whether its bytes left (I5).
 */
export async function recoverJournal({ database, clock, log, bank }: BankContext): Promise<void> {
  const inDoubt = await database.run((tx) =>
    tx.run(`UPDATE orders SET delivery = 'UNKNOWN', next_try_at = ? WHERE delivery = 'SENDING'`, [clock.now()]),
  );
  if (inDoubt > 0) log.write('warn', 'journal-in-doubt', { bank, orders: inDoubt });
}
