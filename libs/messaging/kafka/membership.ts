import kafkajs, { type Cluster, type PartitionAssigner } from 'kafkajs';
import { errorText, type Log } from '#kernel';

/** The request that kafkajs makes for a consumer that stops; its types leave it out. */
interface Coordinator {
  leaveGroup(request: { readonly groupId: string; readonly memberId: string }): Promise<unknown>;
}

/**
 * Remembers under which name a reader last was in its group. A consumer that crashed because its broker was away could not say goodbye, and its
 * group would wait a whole session for it before it gives the partitions to the next one. So the next one says it first.
 */
export class Membership {
  private memberId: string | undefined;
  private cluster: Cluster | undefined;

  constructor(
    private readonly groupId: string,
    private readonly log: Log,
  ) {}

  /** The usual assigner; kafkajs hands the consumer's own connection to it and to nothing else. */
  readonly assigner: PartitionAssigner = (config) => {
    this.cluster = config.cluster;
    return kafkajs.PartitionAssigners.roundRobin(config);
  };

  joined(memberId: string): void {
    this.memberId = memberId;
  }

  /** To be called between the connection of a new consumer and its start. A member that the group has forgotten already is no trouble. */
  async leaveFormer(): Promise<void> {
    if (this.memberId === undefined || !this.cluster) return;
    const { memberId, groupId } = this;
    try {
      const coordinator = (await this.cluster.findGroupCoordinator({ groupId })) as unknown as Coordinator;
      await coordinator.leaveGroup({ groupId, memberId });
    } catch (error) {
      this.log.write('debug', 'kafka-former-member', { group: groupId, reason: errorText(error) });
      if (!isForgotten(error)) throw error;
    }
    this.memberId = undefined;
  }
}

function isForgotten(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'type' in error && error.type === 'UNKNOWN_MEMBER_ID';
}
