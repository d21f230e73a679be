import kafkajs, { type Cluster, type PartitionAssigner } from 'kafkajs';
import { errorText, type Log } from '#kernel';

interface Member {
  readonly memberId: string;
  readonly clientId: string;
}

/** Requests that kafkajs makes for a consumer that stops, and for its administration; the types of its brokers leave them out. */
interface Coordinator {
  leaveGroup(request: { readonly groupId: string; readonly memberId: string }): Promise<unknown>;
  describeGroups(request: {
    readonly groupIds: readonly string[];
  }): Promise<{ readonly groups: readonly { readonly members: readonly Member[] }[] }>;
}

/**
 * Remembers under which name a reader last was in its group. A consumer that crashed because its broker was away could not say goodbye, and its
 * group would wait a whole session for it before it gives the partitions to the next one. So the next one says it first. A process that was
 * killed could not say it either; the one that comes after it under the same name finds its members in the group and says it for them.
 */
export class Membership {
  private memberId: string | undefined;
  private cluster: Cluster | undefined;
  private hasSearched = false;

  constructor(
    private readonly groupId: string,
    private readonly log: Log,
    /** The name under which no other live process reads; undefined where nobody vouches for that. */
    private readonly soleClientId?: string,
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
    const { groupId } = this;
    const searches = this.soleClientId !== undefined && !this.hasSearched;
    if ((this.memberId === undefined && !searches) || !this.cluster) return;
    const coordinator = (await this.cluster.findGroupCoordinator({ groupId })) as unknown as Coordinator;
    const former = this.memberId === undefined ? await this.predecessors(coordinator) : [this.memberId];
    for (const memberId of former) await this.leave(coordinator, memberId);
    this.hasSearched = true;
    this.memberId = undefined;
  }

  private async predecessors(coordinator: Coordinator): Promise<readonly string[]> {
    const { groups } = await coordinator.describeGroups({ groupIds: [this.groupId] });
    const members = groups.flatMap((group) => group.members);
    return members.filter(({ clientId }) => clientId === this.soleClientId).map(({ memberId }) => memberId);
  }

  private async leave(coordinator: Coordinator, memberId: string): Promise<void> {
    const { groupId } = this;
    try {
      await coordinator.leaveGroup({ groupId, memberId });
    } catch (error) {
      this.log.write('debug', 'kafka-former-member', { group: groupId, reason: errorText(error) });
      if (!isForgotten(error)) throw error;
    }
  }
}

function isForgotten(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'type' in error && error.type === 'UNKNOWN_MEMBER_ID';
}
