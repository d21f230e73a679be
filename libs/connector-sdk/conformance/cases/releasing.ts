import type { ConformanceCase, Stage } from '../case.js';
import { equal, figures, holdingOf, refusedFor } from '../expect.js';
import { accountOf, cny, current, effectsAre, freezeOrder, frozen, inquire, releaseOrder } from '../steps.js';

const release = (
  name: string,
  rule: string,
  says: string,
  balance: string,
  misdeed: string,
  run: (stage: Stage) => Promise<void>,
): ConformanceCase => ({ name, rule, says, given: { accounts: [current(balance)] }, abilities: ['release'], broken: { misdeed }, run });

export const RELEASING: readonly ConformanceCase[] = [
  release(
    'release-whole',
    'R22',
    'a release of the whole ends the freeze and frees everything',
    '500.00',
    'wrong-available',
    async (stage) => {
      const freeze = await frozen(stage, 0, '300.00');
      figures(await stage.court.ask(releaseOrder(stage, freeze, '0.00')), {
        status: 'executed',
        limit: '0.00',
        covered: '0.00',
        available: '500.00',
      });
      await effectsAre(stage, 0, ['freeze 300.00', 'release 300.00']);
    },
  ),
  release('release-part', 'R19', 'a release to a lower limit leaves exactly that', '500.00', 'wrong-limit', async (stage) => {
    const freeze = await frozen(stage, 0, '300.00');
    figures(await stage.court.ask(releaseOrder(stage, freeze, '120.00')), {
      status: 'executed',
      limit: '120.00',
      covered: '120.00',
      uncovered: '0.00',
    });
    await effectsAre(stage, 0, ['freeze 300.00', 'release 180.00']);
  }),
  release('release-of-the-uncovered', 'R19', 'a release takes from the uncovered first', '100.00', 'covers-all', async (stage) => {
    const freeze = await frozen(stage, 0, '300.00');
    figures(await stage.court.ask(releaseOrder(stage, freeze, '150.00')), {
      status: 'executed',
      limit: '150.00',
      covered: '100.00',
      uncovered: '50.00',
    });
  }),
  release(
    'release-above-the-limit',
    'R22',
    'only up to the frozen sum can be released: a higher limit is refused',
    '500.00',
    'wrong-reason',
    async (stage) => {
      const freeze = await frozen(stage, 0, '300.00');
      refusedFor(await stage.court.ask(releaseOrder(stage, freeze, '400.00')), ['AMOUNT_OVER_FROZEN', 'FORMAT']);
      await effectsAre(stage, 0, ['freeze 300.00']);
    },
  ),
  release(
    'release-unknown-freeze',
    'R23',
    'a release of a freeze that was never set is refused',
    '500.00',
    'wrong-reason',
    async (stage) => {
      refusedFor(await stage.court.ask(releaseOrder(stage, freezeOrder(stage, 0, '1.00'), '0.00')), ['ORIGINAL_FREEZE_NOT_FOUND']);
      await effectsAre(stage, 0, []);
    },
  ),
  release(
    'release-a-second-time',
    'R23',
    'what was released is not released again by a new order',
    '500.00',
    'hides-reason',
    async (stage) => {
      const freeze = await frozen(stage, 0, '300.00');
      figures(await stage.court.ask(releaseOrder(stage, freeze, '0.00')), { status: 'executed' });
      refusedFor(await stage.court.ask(releaseOrder(stage, freeze, '0.00')), ['ORIGINAL_FREEZE_NOT_FOUND', 'FREEZE_EXPIRED']);
      await effectsAre(stage, 0, ['freeze 300.00', 'release 300.00']);
    },
  ),
  release(
    'release-lets-the-next-move-up',
    'R17',
    'what becomes free goes to the freeze behind at once',
    '300.00',
    'wrong-rank',
    async (stage) => {
      const first = await frozen(stage, 0, '300.00');
      const second = await frozen(stage, 0, '200.00');
      await stage.court.ask(releaseOrder(stage, first, '0.00'));
      // Released to the same limit less a fen, the second shows its figures.
      figures(await stage.court.ask(releaseOrder(stage, second, '199.99')), { status: 'executed', covered: '199.99', rank: 1 });
    },
  ),
  release(
    'release-of-one-alone',
    'R23',
    'the release of one freeze leaves another of the same court in force',
    '300.00',
    'wrong-available',
    async (stage) => {
      const first = await frozen(stage, 0, '100.00');
      await frozen(stage, 0, '50.00');
      figures(await stage.court.ask(releaseOrder(stage, first, '0.00')), { status: 'executed' });
      equal('available', holdingOf(await inquire(stage), accountOf(stage, 0)).available, cny('250.00'));
    },
  ),
  release(
    'release-under-another-case',
    'R15',
    'a freeze is released under the number of a later case',
    '300.00',
    'wrong-limit',
    async (stage) => {
      const freeze = await frozen(stage, 0, '100.00');
      const later = releaseOrder(stage, freeze, '40.00');
      figures(await stage.court.ask({ ...later, case: { ...later.case, number: '(2026)鄂0106执恢12号' } }), {
        status: 'executed',
        limit: '40.00',
      });
    },
  ),
];
