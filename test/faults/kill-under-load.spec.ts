import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SeededEntropy } from '#testing';
import { Stage, type StagedCase } from '../scenarios/stage/stage.js';
import type { HoldingView } from '../scenarios/stage/views.js';
import { allRequests, ClientMemory, contradictions, ledgerVerdict, settle } from './promises.js';

/** `CHAKONG_KILL_ROUNDS=20` is the campaign; a normal run makes fewer. */
const ROUNDS = Number(process.env['CHAKONG_KILL_ROUNDS'] ?? 3);
const ROUND_MS_MAX = 90_000;
/** The lanes of a bank that takes files move one order in a second or so. */
const SETTLE_MS_MAX = 120_000 + ROUNDS * 30_000;
const CLIENTS = 12;
const LOAD_MS_MIN = 300;
const LOAD_MS_SPAN = 1_500;
const AMOUNT_MAX = 5;

describe(`kill -9 under load, ${ROUNDS} times`, () => {
  const memory = new ClientMemory();
  const chance = new SeededEntropy(process.env['CHAKONG_KILL_SEED'] ?? 'kill-under-load');
  let stage: Stage;
  let cases: (StagedCase & { readonly holdings: readonly HoldingView[] })[];

  beforeAll(async () => {
    stage = await Stage.open();
    cases = [];
    for (const bank of ['hubeibank', 'hankoubank', 'hbrcu'] as const)
      cases.push(await stage.inquiredCase({ ceiling: '100000.00', accounts: [{ bank, balance: '50000.00' }] }));
  }, 180_000);

  afterAll(() => stage.close());

  const below = (limit: number): number => chance.bytes(4).readUInt32BE(0) % limit;

  /** One client: inquiries and freezes one after another, the freezes approved at once, until the connection breaks. */
  const client = async (n: number): Promise<void> => {
    for (;;) {
      const staged = cases[below(cases.length)];
      const bank = staged?.accounts[0]?.bank;
      const inquiry = { action: 'inquire', caseId: staged?.id, banks: [bank] };
      const lines = [{ holdingId: staged?.holdings[0]?.id, amount: `${1 + below(AMOUNT_MAX)}.00` }];
      const freeze = { action: 'freeze', caseId: staged?.id, lines, term: stage.term() };
      const posted = await memory.post(stage, n % 4 === 0 ? freeze : inquiry);
      if (posted && n % 4 === 0) await stage.as('judge').post(`/api/v1/requests/${posted.id}/approval`, { decision: 'approve' });
    }
  };

  it.each(Array.from({ length: ROUNDS }, (_, round) => round + 1))(
    'round %i: every 202 is there after the restart',
    async () => {
      const before = memory.promised;
      const clients = Array.from({ length: CLIENTS }, (_, n) => client(n).catch((error: unknown) => error));
      await new Promise((resolve) => void setTimeout(resolve, LOAD_MS_MIN + below(LOAD_MS_SPAN)));
      await stage.restart('kill');
      // Every client ended because the connection broke, not because the system refused something.
      for (const error of await Promise.all(clients)) expect(String(error)).toMatch(/fetch failed|terminated|socket|ECONN/i);
      expect(memory.promised).toBeGreaterThan(before);
      await memory.repeatUnanswered(stage);
      expect(await memory.missing(stage)).toEqual([]);
    },
    ROUND_MS_MAX,
  );

  it(
    'every effect is in the journals of the banks exactly once, and the ledger verifies',
    async () => {
      await settle(stage);
      expect(await contradictions(stage)).toEqual([]);
      const answered = (await allRequests(stage)).filter(({ status }) => status === 'completed').length;
      expect(answered).toBeGreaterThanOrEqual(memory.promised);
      expect(await ledgerVerdict(stage)).toBe('ok');
    },
    SETTLE_MS_MAX,
  );
});
