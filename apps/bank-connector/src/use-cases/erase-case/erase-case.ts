import { encodeBody, ORDER_EVENTS_TOPIC, type CaseErasureAsked } from '#contracts';
import { AppError, newId } from '#kernel';
import { enqueue, type FactRecorder } from '#messaging';
import type { Tx } from '#persistence';
import { blobsOfCase, emptyCase } from '../../adapters/store/case-content.js';
import type { BankContext } from '../../bank-context.js';

/** `case.erasure-asked.v1`: empties what this bank's connector holds of a case whose key is destroyed, and says so. */
export class EraseCase {
  constructor(
    private readonly context: BankContext,
    private readonly facts: FactRecorder,
  ) {}

  /**
   * Outside any transaction, because it takes as long as the tables are. Cut off, it is done again with the message.
   * @throws AppError `wrong-state` while the case's key lives: nothing that could still be read is given up on the word of a message alone
   */
  async prepare({ caseId }: CaseErasureAsked): Promise<void> {
    const { vault, database } = this.context;
    vault.keys.forget(caseId);
    if (await this.isReadable(caseId)) throw new AppError('wrong-state', `the key of case ${caseId} is not destroyed`, { level: 'error' });
    // The rows name the blobs, so they are emptied afterwards.
    for (const digest of await blobsOfCase(database.reader, caseId)) await vault.blobs.delete(caseId, digest);
    await emptyCase(database, caseId);
  }

  async execute(tx: Tx, { erasureId, caseId }: CaseErasureAsked): Promise<void> {
    const { bank, clock, entropy } = this.context;
    await this.facts.record(tx, { type: 'case.content-destroyed', subject: `case:${caseId}`, content: { erasureId, bank } });
    enqueue(tx, {
      id: newId(clock, entropy),
      topic: ORDER_EVENTS_TOPIC,
      key: caseId,
      type: 'case.erased.v1',
      at: clock.now(),
      headers: {},
      body: encodeBody('case.erased.v1', { erasureId, caseId, bank }),
    });
  }

  private async isReadable(caseId: string): Promise<boolean> {
    try {
      await this.context.vault.keys.get(caseId);
      return true;
    } catch (error) {
      if (error instanceof AppError && error.code === 'content-erased') return false;
      throw error;
    }
  }
}
