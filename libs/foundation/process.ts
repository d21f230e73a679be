import type { DynamicModule } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { armFailPoint, errorText, type Log, type RealTime } from '#kernel';
import { createHttpServer, JsonLog, limitCalls, mountOpenApi, mountOperations, readTlsFiles, traceCalls } from '#http';
import type { MessageBus } from '#messaging';
import { layGround, type Ground } from './foundation.js';
import { KeptClock } from './kept-clock.js';
import { operationsOf, type Watched } from './operations.js';
import { backingOf, parseFailPoint, type ProcessSettings } from './settings.js';
import type { Stores } from './stores.js';
import { startTelemetry } from './telemetry.js';

/** One app of a distributed installation, as its `main.ts` makes it on a foundation. */
export interface Composed {
  readonly module: DynamicModule;
  /** Beside the stores: why this process cannot serve now. */
  readonly reasons?: Watched['reasons'];
  /** Whether what was accepted waits in too long a queue; asked at each write, which is refused then. */
  readonly isBehind?: () => boolean;
  /** Called before the server listens: documents, metrics of the app's own. */
  readonly prepare?: (app: NestFastifyApplication, operations: ReturnType<typeof operationsOf>) => void;
  /** Work that one process does for all of its kind: claimed before the server listens, given back at the end. */
  readonly job?: { start(): Promise<void>; stop(): Promise<void> };
  /** Called with the first call that is served. */
  readonly serving?: (app: NestFastifyApplication) => Promise<void> | void;
}

/** What a process looks after while it serves, and puts away at its end. */
export interface Held {
  readonly stores: Stores;
  readonly bus?: MessageBus;
  readonly deviceKeys?: { close(): Promise<void> } | undefined;
}

/** The first steps of every process: its clock and its log. */
export interface Begun {
  readonly settings: ProcessSettings;
  readonly log: Log;
  readonly time: KeptClock;
  /** Sends the last spans. */
  readonly endTelemetry: () => Promise<void>;
}

/** A stop that takes longer than this is cut short; what was not done is done after the next start. Real time. */
const STOP_MS_MAX = 20_000;

/**
 * Runs one app of a distributed installation as a process: ground, server, and an orderly end on SIGTERM and SIGINT. A start that
 * fails says why in one line and exits with 1.
 */
export async function runProcess(settings: ProcessSettings, compose: (ground: Ground) => Promise<Composed>): Promise<void> {
  backingOf(settings);
  const begun = await beginProcess(settings);
  const ground = await layGround(settings, begun.time.clock, begun.log);
  await serve(begun, ground, await compose(ground));
}

export async function beginProcess(settings: ProcessSettings): Promise<Begun> {
  if (settings.endWithParent) listenToParent();
  if (settings.failPoint) armFailPoint(settings.failPoint.point, settings.failPoint.atHit);
  const { telemetry, instance, logLevel, dataDir } = settings;
  const endTelemetry = telemetry ? await startTelemetry(instance, telemetry) : () => Promise.resolve();
  return { settings, log: new JsonLog(instance, logLevel), time: await KeptClock.open(dataDir), endTelemetry };
}

/** Listens, and ends in order. */
export async function serve(
  { settings, log, time, endTelemetry }: Begun,
  { stores, bus, deviceKeys }: Held,
  composed: Composed,
): Promise<void> {
  const tls = settings.tls && (await readTlsFiles(settings.tls, time.clock.realNow()));
  const app = await createHttpServer(composed.module, log, tls ? { tls } : {});
  let serving = false;
  const { reasons } = composed;
  const operations = operationsOf({
    stores,
    clock: time.clock,
    serving: () => serving,
    ...(bus ? { bus } : {}),
    ...(reasons ? { reasons } : {}),
  });
  const { isBehind } = composed;
  limitCalls(app, { registry: operations.registry, inFlightMax: settings.callsInFlightMax, ...(isBehind ? { isBehind } : {}) });
  mountOpenApi(app);
  mountOperations(app, operations);
  if (settings.telemetry) traceCalls(app);
  composed.prepare?.(app, operations);
  await time.follow(settings.instance, log);
  await composed.job?.start();
  stopOnSignals(log, time.clock, async () => {
    serving = false;
    await app.close();
    await composed.job?.stop();
    await bus?.close();
    await time.stop(settings.instance);
    await stores.close();
    await deviceKeys?.close();
    await endTelemetry();
  });
  await app.listen({ port: settings.port, host: '0.0.0.0' });
  serving = true;
  await composed.serving?.(app);
  log.write('info', 'serving', { port: settings.port });
}

/** What a supervisor writes to a process in the middle of a test: `fail-point <point>@<hit>`. */
export const FAIL_POINT_LINE = 'fail-point ';

/**
 * A supervisor that was killed has not stopped its processes; without it nobody would. Only whoever has started this process can write to
 * it, so what comes is taken for what it says.
 */
function listenToParent(): void {
  process.stdin.on('end', () => process.kill(process.pid, 'SIGKILL'));
  process.stdin.on('data', (chunk: Buffer) => {
    for (const line of chunk.toString('utf8').split('\n')) {
      const failPoint = line.startsWith(FAIL_POINT_LINE) ? parseFailPoint(line.slice(FAIL_POINT_LINE.length)) : undefined;
      if (failPoint) armFailPoint(failPoint.point, failPoint.atHit);
    }
  });
}

/** SIGTERM and SIGINT end the process in order: no new calls, running work done, stores closed. */
export function stopOnSignals(log: Log, time: RealTime, stop: () => Promise<void>): void {
  let stopping = false;
  const once = (): void => {
    if (stopping) return;
    stopping = true;
    time.setRealTimer(STOP_MS_MAX, () => {
      log.write('error', 'stop-cut-short', { afterMs: STOP_MS_MAX });
      process.exit(1);
    });
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.write('error', 'stop-failed', { reason: errorText(error) });
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', once);
  process.once('SIGINT', once);
}

/** What a `main.ts` does with a start that failed. */
export function startFailed(name: string, error: unknown): never {
  process.stderr.write(`${name}: ${errorText(error)}\n`);
  process.exit(1);
}
