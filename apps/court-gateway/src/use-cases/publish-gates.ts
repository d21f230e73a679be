import { encodeBody, ordersTopic, type GatesChanged } from '#contracts';
import { newId, type Clock, type Entropy } from '#kernel';
import { enqueue } from '#messaging';
import type { Reader, Tx } from '#persistence';

export interface GatePublisher {
  readonly clock: Clock;
  readonly entropy: Entropy;
}

/** Tells banks' connectors in the same transaction what they check once more before sending (I1). `key` is the case's or officer's id. */
export async function publishGates(
  tx: Tx,
  { clock, entropy }: GatePublisher,
  banks: readonly string[],
  key: string,
  body: GatesChanged,
): Promise<void> {
  for (const bank of banks) {
    enqueue(tx, {
      id: newId(clock, entropy),
      topic: ordersTopic(bank),
      key,
      type: 'gates.changed.v1',
      at: clock.now(),
      headers: {},
      body: encodeBody('gates.changed.v1', body),
    });
  }
}

/** The banks that have orders of a case, open or not: a bank without any has nothing to check. */
export async function banksWithOrders(reader: Reader, caseId: string): Promise<readonly string[]> {
  const rows = await reader.all<{ bank: string }>('SELECT DISTINCT bank FROM orders WHERE case_id = ? ORDER BY bank', [caseId]);
  return rows.map(({ bank }) => bank);
}
