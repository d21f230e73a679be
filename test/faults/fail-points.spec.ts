import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FAIL_POINTS, type FailPoint } from '#kernel';
import { eventually, type Ending } from '#testing';
import { Stage, type StagedCase } from '../scenarios/stage/stage.js';
import type { HoldingView, List } from '../scenarios/stage/views.js';
import { ClientMemory, contradictions, ledgerVerdict, settle } from './promises.js';

const DEATH_MS_MAX = 30_000;
const POINT_MS_MAX = 60_000;
/** Places that only processes which share servers pass; the campaign against a cluster kills there. */
const NOT_EMBEDDED = [
  'kafka.fetched-before-handling',
  'kafka.handled-before-offset',
  'kafka.offset-on-its-way',
  'kafka.offset-committed',
  'kafka.published-before-told',
  'lease.taken-before-commit',
  'lease.taken',
  'store.commit-on-its-way',
] as const satisfies readonly FailPoint[];
const EMBEDDED = FAIL_POINTS.filter((point) => !NOT_EMBEDDED.some((each) => each === point));
/** A normal run walks a part that moves on with each day; `CHAKONG_FAIL_PART=3` is the part of another day, `all` is every place. */
const PARTS = 3;
const PART = process.env['CHAKONG_FAIL_PART'] ?? String(Math.floor(Date.now() / 86_400_000) % PARTS);
const POINTS = EMBEDDED.filter((_, at) => PART === 'all' || at % PARTS === Number(PART) % PARTS);
/** At which passage of the place the process dies; `CHAKONG_FAIL_HITS=1,3,10` is a campaign. The first often lies in the start itself. */
const HITS = (process.env['CHAKONG_FAIL_HITS'] ?? '2').split(',').map(Number);
/**
 * Deaths one after another before everything is looked at: each life is armed for the next one, so that a death costs one start. Where
 * a chain goes wrong, `CHAKONG_FAIL_CHAIN=1` tells which of its places did it.
 */
const CHAIN = Number(process.env['CHAKONG_FAIL_CHAIN'] ?? 5);
const DEATHS = POINTS.flatMap((point) => HITS.map((hit) => `${point}@${hit}`));
const CHAINS = Array.from({ length: Math.ceil(DEATHS.length / CHAIN) }, (_, at) => DEATHS.slice(at * CHAIN, (at + 1) * CHAIN));

type Known = StagedCase & { readonly holdings: readonly HoldingView[] };

describe(`death at a named place, part ${PART} of ${PARTS}`, () => {
  const memory = new ClientMemory();
  let stage: Stage;

  beforeAll(async () => {
    stage = await Stage.open();
  }, 120_000);

  afterAll(() => stage.close());

  const newCase = (): Promise<Known> =>
    stage.inquiredCase({
      ceiling: '100000.00',
      accounts: [
        { bank: 'hubeibank', balance: '1000.00' },
        { bank: 'hankoubank', balance: '1000.00' },
        { bank: 'hbrcu', balance: '1000.00' },
      ],
    });

  /** Work that passes every place: inquiries, a freeze that is approved, and the manual desk. Goes on until the process is gone. */
  const work = async (known: Known): Promise<void> => {
    for (let n = 1; ; n += 1) {
      await memory.post(stage, { action: 'inquire', caseId: known.id, banks: ['hubeibank', 'hankoubank', 'hbrcu', 'wrcb'] });
      const lines = known.holdings.map(({ id }) => ({ holdingId: id, amount: `${n}.00` }));
      const freeze = await memory.post(stage, { action: 'freeze', caseId: known.id, lines, term: stage.term() });
      if (freeze) await stage.approve(freeze.id);
      await workDesk();
      if (freeze) await stage.ended(freeze.id);
    }
  };

  const workDesk = async (): Promise<void> => {
    const clerk = stage.as('clerk.wrcb');
    const orders = await eventually(async () => {
      const { items } = await clerk.read<List<{ orderNumber: string }>>('/api/v1/desk/orders?status=received');
      return items.length > 0 ? items : undefined;
    });
    for (const { orderNumber } of orders) {
      await clerk.post(`/api/v1/desk/orders/${orderNumber}/answer`, { result: 'no-account', lines: [] });
      await stage.as('reviewer.wrcb').post(`/api/v1/desk/orders/${orderNumber}/review`, { decision: 'approve' });
    }
  };

  const death = async (known: Known): Promise<Ending> => {
    const process = stage.system.process;
    const working = stage.system
      .ready(DEATH_MS_MAX)
      .then(() => work(known))
      .catch((error: unknown) => error);
    const ending = await eventually(() => process.ending(), DEATH_MS_MAX).catch(async (error: unknown) => {
      await stage.system.kill();
      throw new Error(`the process did not die there; the work says ${String(await working)}`, { cause: error });
    });
    await working;
    return ending;
  };

  it.each(CHAINS.map((chain) => [chain.join(', then '), chain] as const))(
    '%s: nothing is lost, nothing is done twice, the ledger verifies',
    async (_, chain) => {
      const known = await newCase();
      for (const [at, place] of chain.entries()) {
        await stage.restart(at === 0 ? 'stop' : 'kill', { env: { CHAKONG_FAIL_POINT: place }, waitUntilReady: false });
        expect([place, await death(known)]).toEqual([place, { code: null, signal: 'SIGKILL' }]);
      }
      await stage.restart('kill');
      await memory.repeatUnanswered(stage);
      await settle(stage);
      expect(await memory.missing(stage)).toEqual([]);
      expect(await contradictions(stage)).toEqual([]);
      expect(await ledgerVerdict(stage)).toBe('ok');
    },
    POINT_MS_MAX * (CHAIN + 1),
  );
});
