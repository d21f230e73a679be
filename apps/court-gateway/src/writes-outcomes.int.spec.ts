import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AppError } from '#kernel';
import { FactRecorder } from '#messaging';
import { Writes, type Answer, type KeyedWrite, type PreparedWrite } from './adapters/http/writes.js';
import { GATEWAY_RELAY } from './gateway-parts.js';
import { caseBody, startGateway, type GatewayFixture } from './testing/gateway-fixture.js';
import { Vault } from './vault.js';

const TURNS_MAX = 5;
let gateway: GatewayFixture;
let writes: Writes;
beforeAll(async () => {
  gateway = await startGateway();
  writes = gateway.app.get(Writes);
});
afterAll(() => gateway.close());

const principal = { userId: 'u1', username: 'u1', name: 'u1', roles: ['officer'] } as const;
const keyed = (key: string, content: unknown = { a: 1 }): KeyedWrite => ({
  principal,
  method: 'POST',
  path: '/api/v1/requests',
  key,
  content,
});
const answering =
  (answer: Answer): (() => Promise<PreparedWrite>) =>
  () =>
    Promise.resolve({ work: () => Promise.resolve(answer) });
const throwing =
  (error: Error): (() => Promise<PreparedWrite>) =>
  () =>
    Promise.resolve({ work: () => Promise.reject(error) });

async function refusals(): Promise<number> {
  return (await gateway.parts.database.reader.all("SELECT 1 AS one FROM facts WHERE type = 'request.refused'")).length;
}

async function keys(): Promise<readonly { case_id: string | null; status: number }[]> {
  return gateway.parts.database.reader.all<{ case_id: string | null; status: number }>('SELECT case_id, status FROM idempotency_keys');
}

describe('the outcome of a write', () => {
  it('is stored with its status and its location, and with none where there is none', async () => {
    const there = { status: 201, body: { id: 'x' }, location: '/api/v1/x' };
    const bare = { status: 202, body: null };
    for (const [key, answer] of [
      ['there', there],
      ['bare', bare],
    ] as const) {
      expect(await writes.once(keyed(key), answering(answer))).toStrictEqual({ answer, replayed: false });
      expect(await writes.once(keyed(key), answering({ status: 500, body: 'again' }))).toStrictEqual({ answer, replayed: true });
    }
  });

  it('belongs to the case that it was prepared for', async () => {
    const made = await gateway.call('officer', 'POST', '/api/v1/cases', caseBody());
    const caseKey = await gateway.app.get(Vault).keyOf(made.at('id'));
    const before = (await keys()).filter(({ case_id }) => case_id === made.at('id')).length;
    const answer = { status: 202, body: { of: 'the case' } };
    const prepare = () => Promise.resolve({ caseId: made.at('id'), caseKey, work: () => Promise.resolve(answer) });
    await writes.once(keyed('of-case'), prepare);
    expect((await keys()).filter(({ case_id }) => case_id === made.at('id')).length).toBe(before + 1);
    expect(await writes.once(keyed('of-case'), prepare)).toStrictEqual({ answer, replayed: true });
  });

  it.each([
    ['the caller is wrong (400)', new AppError('invalid', 'wrong'), 1],
    ['something is not there (404)', new AppError('not-found', 'nothing'), 1],
    ['there are too many calls (429)', new AppError('too-many-requests', 'later'), 0],
    ['a part is not there (503)', new AppError('unavailable', 'later'), 0],
    ['we are wrong', new TypeError('ours'), 0],
  ])('when %s leaves no key, and a fact only if it is a refusal', async (what, error, facts) => {
    const [before, stored] = [await refusals(), (await keys()).length];
    await expect(writes.once(keyed(`refused: ${what.replace(/ /g, '-')}`.replace(/ /g, '')), throwing(error))).rejects.toBe(error);
    expect([await refusals(), (await keys()).length]).toEqual([before + facts, stored]);
  });

  it('of other content under a key is a mismatch, which is a refusal too', async () => {
    await writes.once(keyed('mismatch'), answering({ status: 202, body: 1 }));
    const before = await refusals();
    await expect(writes.once(keyed('mismatch', { a: 2 }), answering({ status: 202, body: 2 }))).rejects.toMatchObject({
      code: 'idempotency-mismatch',
      message: expect.stringContaining('Idempotency-Key'),
    });
    expect(await refusals()).toBe(before + 1);
  });

  it('waits for the first under its key and is judged by what that stored', async () => {
    let letGo = (): void => undefined;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    const first = writes.once(keyed('waits'), async () => {
      await held;
      return answering({ status: 202, body: 'first' })();
    });
    const same = writes.once(keyed('waits'), answering({ status: 202, body: 'second' }));
    const other = writes.once(keyed('waits', { a: 2 }), answering({ status: 202, body: 'other' })).catch((error: unknown) => error);
    letGo();
    expect([(await first).replayed, (await same).replayed, (await same).answer.body]).toEqual([false, true, 'first']);
    expect(await other).toMatchObject({ code: 'idempotency-mismatch' });
    // And one that was refused leaves the key to the next.
    const refused = writes.once(keyed('free'), throwing(new AppError('invalid', 'no'))).catch((error: unknown) => error);
    const next = writes.once(keyed('free', { a: 2 }), answering({ status: 202, body: 'next' }));
    expect([await refused, (await next).answer.body]).toEqual([expect.objectContaining({ code: 'invalid' }), 'next']);
  });
});

describe('a write that is outrun', () => {
  const outrun = (): AppError => new AppError('stale-version', 'meanwhile', { retryable: true });

  it.each([
    ['once', 1, 2],
    [`${TURNS_MAX - 1} times`, TURNS_MAX - 1, TURNS_MAX],
  ])('%s is prepared anew and succeeds', async (what, failures, expected) => {
    let turns = 0;
    const prepare = () => {
      turns += 1;
      return turns <= failures ? throwing(outrun())() : answering({ status: 202, body: turns })();
    };
    const { answer } = await writes.once(keyed(`outrun-${what.length}-${failures}`), prepare);
    expect([answer.body, turns]).toEqual([expected, expected]);
  });

  it.each([
    ['again and again', () => outrun(), TURNS_MAX],
    ['by a version that the caller named', () => new AppError('stale-version', 'yours is old', { retryable: false }), 1],
    ['by something else that may pass', () => new AppError('unavailable', 'later', { retryable: true }), 1],
  ])('%s is given up after its turns', async (what, error, expected) => {
    let turns = 0;
    const prepare = () => {
      turns += 1;
      return throwing(error())();
    };
    await expect(writes.once(keyed(`given-up-${what.length}`), prepare)).rejects.toBeInstanceOf(AppError);
    expect(turns).toBe(expected);
  });
});

describe('a second gateway on the same database', () => {
  const second = (): Writes =>
    new Writes(gateway.parts, gateway.app.get(Vault), gateway.app.get(FactRecorder), gateway.app.get(GATEWAY_RELAY));

  it('answers what the first stored, and undoes its own effect', async () => {
    const before = (await keys()).length;
    const late = second().once(keyed('elsewhere'), async () => {
      // The first is through when the second has looked for a stored answer and found none.
      await writes.once(keyed('elsewhere'), answering({ status: 202, body: 'first' }));
      return answering({ status: 202, body: 'second' })();
    });
    expect(await late).toStrictEqual({ answer: { status: 202, body: 'first' }, replayed: true });
    expect((await keys()).length).toBe(before + 1);
  });

  it('takes a refusal for an answer when the first has answered, and is refused when the content is another', async () => {
    const before = await refusals();
    const late = (content: unknown, error: Error): Promise<unknown> =>
      second()
        .once(keyed(`refused-elsewhere-${JSON.stringify(content).length}`, content), async () => {
          await writes.once(keyed(`refused-elsewhere-${JSON.stringify(content).length}`), answering({ status: 202, body: 'first' }));
          return throwing(error)();
        })
        .catch((failure: unknown) => failure);
    expect(await late({ a: 1 }, new AppError('conflict', 'it is there already'))).toStrictEqual({
      answer: { status: 202, body: 'first' },
      replayed: true,
    });
    expect(await refusals()).toBe(before);
    expect(await late({ a: 22 }, new AppError('conflict', 'it is there already'))).toMatchObject({ code: 'idempotency-mismatch' });
    expect(await late({ a: 333 }, new TypeError('ours'))).toBeInstanceOf(TypeError);
  });
});
