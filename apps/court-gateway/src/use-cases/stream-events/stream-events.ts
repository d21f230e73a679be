import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { assertMay, type Principal } from '#access';
import { AppError, errorText, instantText, type Timer } from '#kernel';
import { pathId } from '../../adapters/store/case-rows.js';
import { RequestEvents, type RequestEvent } from '../../adapters/store/request-events.js';
import { loadRequest } from '../../adapters/store/request-rows.js';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';

/** Readers of one process; one more is told to come later. */
export const SUBSCRIBERS_MAX = 1_000;
/** Readers of one user. */
export const SUBSCRIBERS_PER_USER_MAX = 50;
/** A line now and then, so that proxies keep the connection and a dead reader is noticed. Real time. */
const HEARTBEAT_MS = 15_000;
/** Changes that another process has written are found by looking. Real time. */
const LOOK_EVERY_MS = 1_000;
/** No longer than a token lasts; the reader comes back with a new one and `Last-Event-ID`. Real time. */
const STREAM_MS_MAX = 3_600_000;
const EVENTS_AT_ONCE_MAX = 200;

/** Where a stream's text goes. */
export interface EventSink {
  /** False when the reader cannot keep up: the stream then waits for `drained`. */
  write(text: string): boolean;
  drained(): Promise<void>;
  end(): void;
}

/** One reader of one request's changes. */
class Stream {
  private seq: number;
  private looking: Promise<void> | undefined;
  private again = false;
  private closed = false;
  private readonly timers: Timer[] = [];
  private unlisten: () => void = () => undefined;
  private beat: Timer | undefined;
  private look: Timer | undefined;

  constructor(
    private readonly parts: GatewayParts,
    private readonly events: RequestEvents,
    private readonly requestId: string,
    after: number,
    private readonly sink: EventSink,
    private readonly onClose: () => void,
  ) {
    this.seq = after;
  }

  open(): void {
    this.unlisten = this.events.listen(this.requestId, () => this.wake());
    this.timers.push(this.parts.clock.setRealTimer(STREAM_MS_MAX, () => this.close()));
    this.sink.write('retry: 1000\n\n');
    this.heartbeat();
    this.lookAgain();
    this.wake();
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.unlisten();
    for (const timer of [...this.timers, this.beat, this.look]) timer?.cancel();
    this.sink.end();
    this.onClose();
  }

  private heartbeat(): void {
    this.beat = this.parts.clock.setRealTimer(HEARTBEAT_MS, () => {
      this.sink.write(': still here\n\n');
      this.heartbeat();
    });
  }

  private lookAgain(): void {
    this.look = this.parts.clock.setRealTimer(LOOK_EVERY_MS, () => {
      this.wake();
      this.lookAgain();
    });
  }

  private wake(): void {
    if (this.closed) return;
    if (this.looking) {
      this.again = true;
      return;
    }
    this.looking = this.send().catch((error: unknown) => {
      this.parts.log.write('warn', 'event-stream-failed', { requestId: this.requestId, reason: errorText(error) });
      this.close();
    });
  }

  private async send(): Promise<void> {
    do {
      this.again = false;
      let events = await this.next();
      while (events.length > 0 && !this.closed) {
        for (const event of events) await this.write(event);
        events = await this.next();
      }
    } while (this.again && !this.closed);
    this.looking = undefined;
  }

  private next(): Promise<readonly RequestEvent[]> {
    return this.events.after(this.parts.database.reader, this.requestId, this.seq, EVENTS_AT_ONCE_MAX);
  }

  private async write({ seq, type, at, body }: RequestEvent): Promise<void> {
    if (this.closed) return;
    const data = JSON.stringify({ at: instantText(at), ...(body as Readonly<Record<string, unknown>>) });
    this.seq = seq;
    if (!this.sink.write(`id: ${seq}\nevent: ${type}\ndata: ${data}\n\n`)) await this.sink.drained();
  }
}

/** Server-sent events of one request: its changes in order, without a gap, from wherever the reader left off. */
@Injectable()
export class StreamEvents implements OnApplicationShutdown {
  private readonly streams = new Map<Stream, string>();

  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(RequestEvents) private readonly events: RequestEvents,
  ) {}

  /** Judged before the stream begins, so that a refusal is a problem document. @throws AppError `not-found`, `too-many-requests` */
  async admit(principal: Principal, requestId: string): Promise<void> {
    const request = await loadRequest(this.parts.database.reader, pathId(requestId));
    assertMay(principal, 'request.events.read', { courtCode: request.court_code });
    const own = [...this.streams.values()].filter((userId) => userId === principal.userId).length;
    if (this.streams.size >= SUBSCRIBERS_MAX || own >= SUBSCRIBERS_PER_USER_MAX) {
      throw new AppError('too-many-requests', '同时打开的事件流过多，请稍后再试', { retryable: true });
    }
  }

  /** Sends the changes after `after` and every later one. Returns what ends the stream when the reader is gone. */
  open(principal: Principal, requestId: string, after: number, sink: EventSink): () => void {
    const stream: Stream = new Stream(this.parts, this.events, requestId, after, sink, () => void this.streams.delete(stream));
    this.streams.set(stream, principal.userId);
    stream.open();
    return () => stream.close();
  }

  onApplicationShutdown(): void {
    for (const stream of this.streams.keys()) stream.close();
  }
}
