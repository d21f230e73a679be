import type { Consumer, ConsumerCrashEvent, ConsumerGroupJoinEvent, Kafka } from 'kafkajs';
import { errorText, type Log, type RealTime } from '#kernel';
import { MESSAGE_BYTES_MAX } from '../bus.js';
import type { BatchDelivery } from './batch-delivery.js';
import { CLIENT_RETRY } from './client.js';
import type { Membership } from './membership.js';
import { isUnknownTopic } from './unknown-topic.js';
import { withinLimit } from './within-limit.js';

/** A member that is silent this long is taken for dead and its partitions are given to others; the broker's default lower bound. */
export const SESSION_MS = 6_000;
const HEARTBEAT_MS = 1_000;
/** How long the members of a group may take to give their partitions back; bounds how long a batch may run over a rebalance. */
const REBALANCE_MS_MAX = 30_000;
/** How long the broker may hold a fetch that has nothing to give. */
const FETCH_WAIT_MS = 500;
/** So much is handed over at once also to a patient reader. */
const PATIENT_BYTES_MIN = 256 * 1024;
const FETCH_BYTES_PER_PARTITION_MAX = 4 * MESSAGE_BYTES_MAX;
const FETCH_BYTES_MAX = 32 * MESSAGE_BYTES_MAX;
/** Partitions of the topic that are worked on at the same time, so that their commits to the store are shared. */
const PARTITIONS_AT_ONCE_MAX = 6;
const METADATA_MS_MAX = 15_000;
/** Tries inside the client before the reader makes a new one. */
const TRIES_MAX = 5;
/** Wait before a consumer that crashed is made anew: doubled each time up to the maximum. */
const REBUILD_MS_FIRST = 200;
const REBUILD_MS_MAX = 1_000;
/** Tries of the first start, a second and the client's own tries apart. */
const START_TRIES_MAX = 10;
/** A consumer that does not let go in this time is left behind; what it still does is refused by its generation. */
const LEAVE_MS_MAX = 30_000;

export interface ReaderParts {
  readonly kafka: Kafka;
  readonly membership: Membership;
  readonly time: RealTime;
  readonly log: Log;
  readonly delivery: BatchDelivery;
  readonly onRebuild: () => void;
  /** As `SubscribeOptions` has it. */
  readonly patienceMs?: number;
}

/**
 * One member of one group on one topic, kept alive: whatever ends the consumer (crash, stall, a broker that was away), a new one
 * is made, for ever. Each topic has its own consumer, as each has its own queue in the in-process bus: a batch that fails
 * or takes long holds up no other topic.
 */
export class TopicReader {
  /** The group on the broker: one for each topic of a reader; see DECISIONS. */
  readonly groupId: string;
  private consumer: Consumer | undefined;
  private generation = 0;
  private rebuilding: Promise<void> | undefined;
  private closed = false;
  private starting = false;
  private running = 0;
  /** Partitions that the group has given to this member; undefined while it has not joined. */
  private assigned: readonly number[] | undefined;
  /** When a batch was last handed over or given back, or the group was joined (monotonic milliseconds). */
  private activeAt: number;

  constructor(
    readonly group: string,
    readonly topic: string,
    private readonly parts: ReaderParts,
  ) {
    this.groupId = `${group}.${topic}`;
    this.activeAt = parts.time.monotonicMs();
  }

  /**
   * Joins the group; a coordinator that is still loading or moving is waited for.
   * @throws what the client says when the topic does not exist, or the broker cannot be reached
   */
  async start(): Promise<void> {
    this.starting = true;
    for (let tries = 1; this.starting; tries += 1) {
      try {
        await this.open();
        this.starting = false;
      } catch (error) {
        await this.leave();
        if (isUnknownTopic(error) || tries >= START_TRIES_MAX) throw error;
        await this.parts.time.realSleep(REBUILD_MS_MAX);
      }
    }
  }

  /** Ends when the batch that is being handled has ended and its offset is committed. */
  async close(): Promise<void> {
    this.closed = true;
    await this.rebuilding;
    this.parts.delivery.stop();
    await this.leave();
  }

  /** How long nothing has come, in real milliseconds; 0 while a batch is being handled. */
  idleMs(): number {
    return this.running > 0 || this.rebuilding ? 0 : this.parts.time.monotonicMs() - this.activeAt;
  }

  assignment(): readonly number[] | undefined {
    return this.assigned;
  }

  /** Leaves the consumer as it is and goes on with a new one. */
  rebuild(reason: string): void {
    if (this.closed || this.starting || this.rebuilding) return;
    this.parts.log.write('warn', 'kafka-consumer-rebuilt', { group: this.groupId, reason });
    this.rebuilding = this.rebuildUntilOpen();
  }

  private async rebuildUntilOpen(): Promise<void> {
    let delay = REBUILD_MS_FIRST;
    await this.leave();
    while (!this.closed) {
      await this.parts.time.realSleep(delay);
      try {
        await this.open();
        this.parts.onRebuild();
        break;
      } catch (error) {
        this.parts.log.write('info', 'kafka-consumer-not-yet', { group: this.groupId, reason: errorText(error) });
        await this.leave();
        delay = Math.min(delay * 2, REBUILD_MS_MAX);
      }
    }
    this.rebuilding = undefined;
  }

  private async open(): Promise<void> {
    this.generation += 1;
    const { generation } = this;
    const { patienceMs } = this.parts;
    const isCurrent = (): boolean => this.generation === generation;
    const consumer = this.parts.kafka.consumer({
      groupId: this.groupId,
      partitionAssigners: [this.parts.membership.assigner],
      sessionTimeout: SESSION_MS,
      heartbeatInterval: HEARTBEAT_MS,
      rebalanceTimeout: REBALANCE_MS_MAX,
      // Whoever has patience is given what has come in that time, and sooner only what is much.
      minBytes: patienceMs === undefined ? 1 : PATIENT_BYTES_MIN,
      maxWaitTimeInMs: patienceMs ?? FETCH_WAIT_MS,
      maxBytesPerPartition: FETCH_BYTES_PER_PARTITION_MAX,
      maxBytes: FETCH_BYTES_MAX,
      metadataMaxAge: METADATA_MS_MAX,
      allowAutoTopicCreation: false,
      // One rule for every crash, ours: the library restarts only what it takes for retriable.
      retry: { ...CLIENT_RETRY, retries: TRIES_MAX, restartOnFailure: () => Promise.resolve(false) },
    });
    this.consumer = consumer;
    this.assigned = undefined;
    this.running = 0;
    let crash: Error | undefined;
    consumer.on(consumer.events.GROUP_JOIN, (event: ConsumerGroupJoinEvent) => {
      if (!isCurrent()) return;
      this.parts.membership.joined(event.payload.memberId);
      this.assigned = event.payload.memberAssignment[this.topic] ?? [];
      this.activeAt = this.parts.time.monotonicMs();
    });
    consumer.on(consumer.events.CRASH, (event: ConsumerCrashEvent) => {
      crash = event.payload.error;
      if (isCurrent()) this.rebuild(`crashed: ${errorText(crash)}`);
    });
    await consumer.connect();
    await this.parts.membership.leaveFormer();
    // A new group reads what was published before it came; so does one whose offset is gone.
    await consumer.subscribe({ topics: [this.topic], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: PARTITIONS_AT_ONCE_MAX,
      eachBatch: async (payload) => {
        if (!isCurrent()) return;
        this.running += 1;
        try {
          await this.parts.delivery.take(payload, isCurrent);
        } finally {
          if (isCurrent()) this.running -= 1;
          this.activeAt = this.parts.time.monotonicMs();
        }
      },
    });
    // While one is being made no second one is begun, so a crash on the way has to be said here.
    if (crash) throw crash;
  }

  private async leave(): Promise<void> {
    const { consumer } = this;
    this.consumer = undefined;
    this.assigned = undefined;
    if (!consumer) return;
    try {
      await withinLimit(this.parts.time, LEAVE_MS_MAX, consumer.disconnect(), 'the end of a consumer');
    } catch (error) {
      this.parts.log.write('warn', 'kafka-disconnect-failed', { group: this.groupId, reason: errorText(error) });
    }
    this.generation += 1;
  }
}
