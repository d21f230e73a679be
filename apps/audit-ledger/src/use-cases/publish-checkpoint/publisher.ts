import type { LogFolder } from '../../adapters/files/log-folder.js';
import type { LogHead } from '../../adapters/store/log-heads.js';

/** Code of the refusal to publish a checkpoint that too few witnesses have cosigned. The head stays committed; publishing is tried again. */
export const BELOW_QUORUM = 'below-quorum';

/** The last step of a batch: what is committed and applied becomes what everybody may rely on. */
export interface CheckpointPublisher {
  /**
   * Publishes the checkpoint of a head whose files have been applied. Safe to repeat.
   * @returns the note as published, cosignatures included
   * @throws AppError BELOW_QUORUM when it is withheld
   */
  publish(folder: LogFolder, head: LogHead): Promise<Buffer>;
  /** Why the newest checkpoint is withheld, if it is. */
  withheldBy(): string | undefined;
  /** Waits until nothing is written any more. */
  stop(): Promise<void>;
}

/** Publishes with the log's own signature alone, when no witnesses are named. */
export class PlainPublisher implements CheckpointPublisher {
  async publish(folder: LogFolder, head: LogHead): Promise<Buffer> {
    await folder.publish(head.checkpoint);
    return head.checkpoint;
  }

  withheldBy(): undefined {
    return undefined;
  }

  async stop(): Promise<void> {
    // Nothing goes on in the background.
  }
}
