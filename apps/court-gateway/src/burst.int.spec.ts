import { afterEach, describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import { limitCalls } from '#http';
import { OutboxDepth } from '#messaging';
import type { Database } from '#persistence';
import { eventually, eventuallyHolds } from '#testing';
import { startGateway, type GatewayFixture, type Reply } from './testing/gateway-fixture.js';
import { fileCase, post, type PostingCase } from './testing/posting-fixture.js';

const IN_FLIGHT_MAX = 8;
/** Ten times as many callers at once as there are places, each with a few requests one after another. */
const CALLERS = 10 * IN_FLIGHT_MAX;
const REQUESTS_EACH = 2;
const INSIST_MS_MAX = 60_000;

let gateway: GatewayFixture;
let registry: Registry;
/** Writing closures that were under way at the same time, at most. */
let closuresMost: number;
afterEach(() => gateway.close());

/** Counts what piles up behind the door. */
function watched(app: GatewayFixture): void {
  const database = app.parts.database as { run: Database['run'] };
  const run = database.run.bind(database);
  let closures = 0;
  database.run = async (work) => {
    closures += 1;
    closuresMost = Math.max(closuresMost, closures);
    try {
      return await run(work);
    } finally {
      closures -= 1;
    }
  };
}

async function start(outboxRowsMax?: number): Promise<PostingCase> {
  [registry, closuresMost] = [new Registry(), 0];
  gateway = await startGateway({
    parts: { holdDelivery: true, outboxRowsMax },
    prepare: (app) => {
      const depth = app.get(OutboxDepth, { strict: false });
      limitCalls(app, { registry, inFlightMax: IN_FLIGHT_MAX, isBehind: () => depth.isOver });
    },
  });
  return fileCase(gateway);
}

const count = async (table: string): Promise<number> =>
  (await gateway.parts.database.reader.one<{ n: number }>(`SELECT COUNT(*) AS n FROM ${table}`))?.n ?? 0;
const inquire = (of: PostingCase, key: string): Promise<Reply> =>
  post(gateway, { action: 'inquire', caseId: of.id, banks: ['hubeibank'] }, 'officer', { 'idempotency-key': key });
const figure = async (name: string): Promise<number> => {
  const metrics = (await registry.getMetricsAsJSON()).find((each) => each.name === name);
  return (metrics?.values ?? []).reduce((sum, { value }) => sum + value, 0);
};

/** One request, tried again under its key as long as it is refused. @returns what was answered, one reply a try */
async function insist(of: PostingCase, key: string): Promise<readonly Reply[]> {
  const replies: Reply[] = [];
  await eventually(async () => {
    const reply = await inquire(of, key);
    replies.push(reply);
    return reply.status !== 503;
  }, INSIST_MS_MAX);
  return replies;
}

describe('a burst of ten times what the gateway takes', () => {
  it('is answered 202 or 503, loses and doubles nothing, piles up nothing, and is over when it is over', async () => {
    const of = await start();
    const keysBefore = await count('idempotency_keys');
    watched(gateway);
    const callers = Array.from({ length: CALLERS }, async (_, caller) => {
      const tries: (readonly Reply[])[] = [];
      for (let each = 0; each < REQUESTS_EACH; each += 1) tries.push(await insist(of, `burst-${caller}-${each}`));
      return tries;
    });
    const tries = (await Promise.all(callers)).flat();
    const replies = tries.flat();
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([202, 503]));
    const refused = replies.filter(({ status }) => status === 503);
    expect(new Set(refused.map((reply) => `${reply.at('code')} ${reply.headers.get('retry-after')}`))).toEqual(new Set(['overloaded 1']));
    expect(await figure('chakong_http_refused_total')).toBe(refused.length);

    const accepted = tries.map((each) => each.at(-1)?.at('id'));
    const wanted = CALLERS * REQUESTS_EACH;
    expect(new Set(accepted).size).toBe(wanted);
    expect([await count('requests'), await count('orders'), (await count('idempotency_keys')) - keysBefore]).toEqual([
      wanted,
      wanted,
      wanted,
    ]);
    // A first call that was refused has used no key: none of the accepted ones was a replay.
    expect(replies.filter(({ headers }) => headers.get('idempotency-replayed') === 'true')).toEqual([]);
    // Each call in flight has one closure, and the relay and the watches of the process a few of their own.
    expect(closuresMost).toBeLessThanOrEqual(2 * IN_FLIGHT_MAX);

    await eventuallyHolds(async () => expect(await figure('chakong_http_in_flight')).toBe(0));
    const after = await Promise.all(Array.from({ length: IN_FLIGHT_MAX }, (_, at) => inquire(of, `after-${at}`)));
    expect(after.map(({ status }) => status)).toEqual(Array.from({ length: IN_FLIGHT_MAX }, () => 202));
  }, 120_000);
});

describe('an outbox that cannot be brought on its way', () => {
  const ROWS_MAX = 150;

  it('stops writes and nothing else, and they go on when it has run empty', async () => {
    const of = await start(ROWS_MAX);
    let accepted = 0;
    const refused = await eventually(async () => {
      const reply = await inquire(of, `deep-${accepted}`);
      if (reply.status === 503) return reply;
      accepted += 1;
      return undefined;
    });
    expect([refused?.at('code'), refused?.headers.get('retry-after')]).toEqual(['overloaded', '5']);
    expect(await count('requests')).toBe(accepted);
    expect((await gateway.call('officer', 'GET', '/api/v1/requests')).status).toBe(200);
    await gateway.parts.database.run((tx) => tx.run('UPDATE outbox SET published_at = 1 WHERE published_at IS NULL'));
    await eventuallyHolds(async () => expect((await inquire(of, `deep-${accepted}`)).status).toBe(202));
  }, 60_000);
});
