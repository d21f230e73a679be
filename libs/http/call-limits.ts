import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Counter, Gauge, type Registry } from 'prom-client';
import { AppError } from '#kernel';
import { sendProblem } from './problem-filter.js';
import { problemOf, type Problem } from './problem.js';

/** Calls that one process works on at once in each pool, unless it is told otherwise; the interface promises 512 writes at once. */
export const CALLS_IN_FLIGHT_MAX = 1_024;
/** Sign-ins have places of their own, so that persons can come in while a burst of their systems is being refused. */
export const SIGN_INS_IN_FLIGHT_MAX = 64;
/** Bytes of bodies that are held at once, as their headers announce them; what announces nothing counts as the most that its route takes. */
export const BODY_BYTES_IN_FLIGHT_MAX = 256 * 1024 * 1024;

/** A place is free again as soon as one call ends; an outbox takes longer to run empty. */
const RETRY_IN_FLIGHT_SECONDS = 1;
const RETRY_BEHIND_SECONDS = 5;

/** Calls that cannot take each other's places: a court's burst must not shut out the banks, nor the other way round (I15). */
type Pool = 'callers' | 'sign-in' | 'banks';
const POOLS: readonly Pool[] = ['callers', 'sign-in', 'banks'];

/** By how a route begins; the first that fits counts. What stands nowhere is a caller's. */
const ROUTES: readonly (readonly [begin: string, pool: Pool | 'exempt'])[] = [
  // An overloaded process must go on saying that it lives and how it fares, or its supervisor makes things worse.
  ['/health/', 'exempt'],
  ['/metrics', 'exempt'],
  ['/api/v1/auth/', 'sign-in'],
  ['/connector/', 'banks'],
  ['/sim/', 'banks'],
];

const WRITES: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/** Why a call was refused; the label of the metric. */
type Reason = 'in-flight' | 'body-bytes' | 'behind';

const REFUSALS: Readonly<Record<Reason, Problem>> = {
  'in-flight': refusal('系统正忙，同时处理的请求已达上限，请稍后重试', RETRY_IN_FLIGHT_SECONDS),
  'body-bytes': refusal('系统正忙，同时接收的内容已达上限，请稍后重试', RETRY_IN_FLIGHT_SECONDS),
  behind: refusal('待发送的消息过多，暂不接收新的请求，请稍后重试', RETRY_BEHIND_SECONDS),
};

function refusal(detail: string, retryAfter: number): Problem {
  return problemOf(new AppError('overloaded', detail, { retryable: true, extra: { retryAfter } }));
}

export interface CallLimits {
  readonly registry: Registry;
  /** Calls at once in each pool but that of sign-ins. */
  readonly inFlightMax?: number;
  /** Bytes of bodies at once, over all pools. */
  readonly bodyBytesMax?: number;
  /** Whether what was accepted waits in too long a queue, so that callers must not add to it. Asked at each write, so it is cheap. */
  readonly isBehind?: () => boolean;
}

/** One call's place among those in flight. */
class Place {
  private isLeft = false;
  private isAnswered = false;
  private isClosed = false;

  constructor(private readonly leave: () => void) {}

  /** A handler goes on when its caller has gone, so a place is free when both have ended. */
  readonly answered = (): void => {
    this.isAnswered = true;
    this.leaveWhenDone();
  };

  readonly closed = (): void => {
    this.isClosed = true;
    this.leaveWhenDone();
  };

  private leaveWhenDone(): void {
    if (this.isLeft || !this.isAnswered || !this.isClosed) return;
    this.isLeft = true;
    this.leave();
  }
}

const PLACE = Symbol('place');
interface Placed {
  [PLACE]?: Place;
}

/**
 * Refuses calls with 503 and `Retry-After` before their bodies are read, when so many are being worked on already that one more would
 * only wait, or when what was accepted cannot be brought on its way as fast. A refused call has changed nothing and used no key.
 * Call it before the server listens, and before other hooks are added.
 */
export function limitCalls(app: NestFastifyApplication, limits: CallLimits): void {
  const flight = new Flight(limits);
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onRequest', (request, reply, done) => {
    const refusal = flight.admit(request, reply);
    if (refusal === undefined) done();
    else sendProblem(reply, refusal);
  });
  // Every way through a route ends in an answer, also where nobody is there any more to hear it.
  fastify.addHook('onSend', (request, _reply, payload, done) => {
    (request as Placed)[PLACE]?.answered();
    done(null, payload);
  });
}

/** Gives back the place of a call whose answer stays open from now on, such as a stream; whoever keeps it open has a limit of his own. */
export function stayOpen(request: FastifyRequest): void {
  const place = (request as Placed)[PLACE];
  place?.answered();
  place?.closed();
}

/** What is being worked on. */
class Flight {
  private readonly places = new Map<Pool, number>(POOLS.map((pool) => [pool, 0]));
  private readonly most: Readonly<Record<Pool, number>>;
  private readonly bytesMost: number;
  private bytes = 0;
  private readonly refused: Counter<'pool' | 'reason'>;

  constructor(private readonly limits: CallLimits) {
    const { registry, inFlightMax = CALLS_IN_FLIGHT_MAX, bodyBytesMax = BODY_BYTES_IN_FLIGHT_MAX } = limits;
    this.most = { callers: inFlightMax, banks: inFlightMax, 'sign-in': SIGN_INS_IN_FLIGHT_MAX };
    this.bytesMost = bodyBytesMax;
    this.refused = refusalsIn(registry);
    gaugeIn(registry, this.places);
  }

  /** Takes a place for the call. @returns the problem to answer when there is none */
  admit(request: FastifyRequest, reply: FastifyReply): Problem | undefined {
    const pool = poolOf(request.routeOptions.url);
    if (pool === 'exempt') return undefined;
    const bytes = announcedBytes(request);
    const reason = this.reasonAgainst(pool, bytes, request.method);
    if (reason !== undefined) {
      this.refused.inc({ pool, reason });
      return REFUSALS[reason];
    }
    this.count(pool, 1, bytes);
    const place = new Place(() => this.count(pool, -1, -bytes));
    (request as Placed)[PLACE] = place;
    reply.raw.once('close', place.closed);
    return undefined;
  }

  private reasonAgainst(pool: Pool, bytes: number, method: string): Reason | undefined {
    if (this.inFlight(pool) >= this.most[pool]) return 'in-flight';
    // One body alone always fits, whatever the limit: the route judges its size.
    if (this.bytes > 0 && this.bytes + bytes > this.bytesMost) return 'body-bytes';
    if (pool === 'callers' && WRITES.has(method) && this.limits.isBehind?.()) return 'behind';
    return undefined;
  }

  private inFlight(pool: Pool): number {
    return this.places.get(pool) ?? 0;
  }

  private count(pool: Pool, calls: number, bytes: number): void {
    this.places.set(pool, this.inFlight(pool) + calls);
    this.bytes += bytes;
  }
}

function poolOf(route = ''): Pool | 'exempt' {
  for (const [begin, pool] of ROUTES) if (route.startsWith(begin)) return pool;
  return 'callers';
}

/** A body that is larger than its route takes is refused unread, so it counts as the most that the route takes. */
function announcedBytes({ headers, routeOptions }: FastifyRequest): number {
  const most = routeOptions.bodyLimit;
  if (headers['transfer-encoding'] !== undefined) return most;
  const length = headers['content-length'];
  return length === undefined ? 0 : Math.min(Number(length) || 0, most);
}

function refusalsIn(registry: Registry): Counter<'pool' | 'reason'> {
  return new Counter({
    name: 'chakong_http_refused_total',
    help: 'Calls that were refused with 503 before they were read: too many in flight, too many bytes of bodies, or too long an outbox.',
    labelNames: ['pool', 'reason'],
    registers: [registry],
  });
}

function gaugeIn(registry: Registry, places: ReadonlyMap<Pool, number>): void {
  new Gauge({
    name: 'chakong_http_in_flight',
    help: 'Calls that are being worked on, by pool.',
    labelNames: ['pool'],
    registers: [registry],
    collect() {
      for (const [pool, calls] of places) this.set({ pool }, calls);
    },
  });
}
