import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Campaign } from './campaign/campaign.js';
import { Chance } from './campaign/chance.js';
import type { Step } from './campaign/faults.js';
import { Rig } from './campaign/rig.js';
import { rotation } from './campaign/rotation.js';

const DEATHS = 'deaths at named places';
/** One fault of each sort; `npm run -s faults` walks them all, on servers of its own. */
const SAMPLE: Readonly<Record<string, RegExp>> = {
  'the death of a gateway': /^kill court-gateway/,
  [DEATHS]: /^points .* in court-gateway/,
  'a connector that sleeps': /^pause connector/,
  'one case at two gateways': /^two gateways/,
};
const SEED = process.env['CHAKONG_FAULTS_SEED'] ?? 'sample';
const START_MS_MAX = 200_000;
const ROUND_MS_MAX = 150_000;

const hasServers = process.env['CHAKONG_TEST_DATABASE_URL'] !== undefined && process.env['CHAKONG_TEST_KAFKA'] !== undefined;
// Its servers are those of the tests, which others use at the same time: they are not killed here.
const describeOnServers = hasServers ? describe : describe.skip;

describeOnServers('faults of a cluster (needs CHAKONG_TEST_DATABASE_URL and CHAKONG_TEST_KAFKA)', () => {
  const chance = new Chance(SEED);
  const faults = rotation(chance, false);
  let rig: Rig | undefined;
  let campaign: Campaign;

  beforeAll(async () => {
    rig = await Rig.open();
    campaign = new Campaign(rig, chance);
  }, START_MS_MAX);

  afterAll(() => rig?.stage.close());

  it.each(Object.keys(SAMPLE))(
    '%s: nothing is lost, doubled, stuck or in disagreement',
    async (sort) => {
      const fault = faults.find(({ name }) => SAMPLE[sort]?.test(name));
      if (!fault) throw new Error(`the rotation has no ${sort}`);
      // Of the deaths of a whole round one group, with a gateway in it; a campaign takes them all.
      const isSample = ({ processes }: Step): boolean => sort !== DEATHS || processes.some((name) => name.startsWith('court-gateway'));
      const { verdict, recoveryMs, kills } = await campaign.round({ ...fault, steps: fault.steps.filter(isSample).slice(0, 1) });
      expect(verdict).toMatchObject({ lost: [], doubled: [], stuck: [], disagreed: [] });
      expect(verdict.acknowledged).toBeGreaterThan(0);
      expect(recoveryMs).toBeDefined();
      expect(kills.filter(({ reached }) => !reached)).toEqual([]);
    },
    ROUND_MS_MAX,
  );
});
