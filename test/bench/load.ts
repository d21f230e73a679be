import { setTimeout as pause } from 'node:timers/promises';
import { errorText, invariant } from '#kernel';
import { Samples } from './samples.js';
import { Wire, type WireReply, type WireRequest } from './wire.js';

/** Makes the n-th request and hears its answer. `next` returns undefined when there is nothing more to send. */
export interface Load {
  next(n: number): WireRequest | undefined;
  heard(n: number, reply: WireReply): void;
}

export interface LoadResult {
  /** Seconds from the first send to the last answer. */
  readonly seconds: number;
  readonly sent: number;
  /** Milliseconds per answer. */
  readonly latencies: Samples;
  /** Calls without any answer: the connection broke. Each reason once. */
  readonly broken: ReadonlyMap<string, number>;
}

const TICK_MS = 2;
/** Connections unless more are asked for; further calls wait for one and their waiting counts as latency. */
const CONNECTIONS_MAX = 256;

/**
 * Several clients, each of which sends its next request when the last was answered, until the time is over.
 * @param ports where the system listens: connections are spread over them in turn, as a load balancer would
 * @param connectionsMax each client needs one for itself, or its waiting for one counts as latency
 */
export async function closedLoad(
  ports: readonly number[],
  clients: number,
  seconds: number,
  load: Load,
  connectionsMax = CONNECTIONS_MAX,
): Promise<LoadResult> {
  const run = new Run(ports, load, connectionsMax);
  const end = performance.now() + seconds * 1000;
  const client = async (): Promise<void> => {
    while (performance.now() < end && (await run.sendNext(performance.now())));
  };
  await Promise.all(Array.from({ length: clients }, client));
  return run.end();
}

/**
 * Sends at a fixed rate whatever the answers do. Latency counts from the moment at which a request was due, so that a system that
 * stalls cannot hide it by being asked less.
 */
export async function openLoad(ports: readonly number[], ratePerSec: number, seconds: number, load: Load): Promise<LoadResult> {
  const run = new Run(ports, load, CONNECTIONS_MAX);
  const started = performance.now();
  const total = ratePerSec * seconds;
  const open = new Set<Promise<unknown>>();
  let launched = 0;
  while (launched < total) {
    const due = Math.min(total, Math.floor(((performance.now() - started) * ratePerSec) / 1000) + 1);
    for (; launched < due; launched += 1) {
      const call: Promise<unknown> = run.sendNext(started + (launched * 1000) / ratePerSec).finally(() => open.delete(call));
      open.add(call);
    }
    await pause(TICK_MS);
  }
  await Promise.all(open);
  return run.end();
}

class Run {
  private readonly idle: Wire[] = [];
  private readonly queue: (() => void)[] = [];
  private readonly latencies = new Samples();
  private readonly broken = new Map<string, number>();
  private readonly started = performance.now();
  private connections = 0;
  private opened = 0;
  private sent = 0;

  constructor(
    private readonly ports: readonly number[],
    private readonly load: Load,
    private readonly connectionsMax: number,
  ) {}

  /** False when there was nothing more to send. */
  async sendNext(dueAt: number): Promise<boolean> {
    const n = this.sent;
    const request = this.load.next(n);
    if (!request) return false;
    this.sent += 1;
    let wire: Wire | undefined;
    try {
      wire = await this.wire();
      const reply = await wire.send(request);
      const at = performance.now();
      this.latencies.add(at - dueAt, at - this.started);
      this.load.heard(n, reply);
      this.giveBack(wire);
    } catch (error) {
      wire?.close();
      this.connections -= 1;
      this.queue.shift()?.();
      this.broken.set(errorText(error), (this.broken.get(errorText(error)) ?? 0) + 1);
    }
    return true;
  }

  end(): LoadResult {
    const seconds = (performance.now() - this.started) / 1000;
    for (const wire of this.idle) wire.close();
    return { seconds, sent: this.sent, latencies: this.latencies, broken: this.broken };
  }

  private async wire(): Promise<Wire> {
    const idle = this.idle.pop();
    if (idle) return idle;
    if (this.connections >= this.connectionsMax) {
      await new Promise<void>((resolve) => this.queue.push(resolve));
      return this.wire();
    }
    const port = this.ports[this.opened % this.ports.length];
    invariant(port !== undefined, 'a load has a port');
    this.opened += 1;
    this.connections += 1;
    return Wire.open(port);
  }

  private giveBack(wire: Wire): void {
    this.idle.push(wire);
    this.queue.shift()?.();
  }
}
