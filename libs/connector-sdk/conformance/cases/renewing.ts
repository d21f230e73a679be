import { addYears } from '#kernel';
import type { ConformanceCase } from '../case.js';
import { figures, refusedFor } from '../expect.js';
import { current, effectsAre, frozen, freezeOrder, releaseOrder, renewOrder, yearEnd } from '../steps.js';

export const RENEWING: readonly ConformanceCase[] = [
  {
    name: 'renew-before-the-end',
    rule: 'R14',
    says: 'a freeze that runs is renewed by a year from its old end',
    given: { accounts: [current('100.00')] },
    abilities: ['renew'],
    broken: { misdeed: 'hides-term' },
    run: async (stage) => {
      const freeze = await frozen(stage, 0, '60.00');
      const to = addYears(yearEnd(stage.today()), 1);
      figures(await stage.court.ask(renewOrder(stage, freeze)), { status: 'executed', to });
      await effectsAre(stage, 0, ['freeze 60.00', 'renew 60.00']);
    },
  },
  {
    name: 'renew-keeps-coverage',
    rule: 'R14',
    says: 'a renewal carries limit and coverage over',
    given: { accounts: [current('40.00')] },
    abilities: ['renew'],
    broken: { misdeed: 'wrong-limit' },
    run: async (stage) => {
      const freeze = await frozen(stage, 0, '60.00');
      figures(await stage.court.ask(renewOrder(stage, freeze)), {
        status: 'executed',
        limit: '60.00',
        covered: '40.00',
        uncovered: '20.00',
      });
    },
  },
  {
    name: 'renew-keeps-rank',
    rule: 'R17',
    says: 'a renewal keeps the rank of the freeze',
    given: { accounts: [current('100.00')] },
    abilities: ['renew'],
    broken: { misdeed: 'wrong-rank' },
    run: async (stage) => {
      const first = await frozen(stage, 0, '60.00');
      await frozen(stage, 0, '60.00');
      figures(await stage.court.ask(renewOrder(stage, first)), { status: 'executed', rank: 1 });
    },
  },
  {
    name: 'renew-unknown-freeze',
    rule: 'R14',
    says: 'a renewal of a freeze that was never set is refused',
    given: { accounts: [current('100.00')] },
    abilities: ['renew'],
    broken: { misdeed: 'wrong-reason' },
    run: async (stage) => {
      refusedFor(await stage.court.ask(renewOrder(stage, freezeOrder(stage, 0, '60.00'))), ['ORIGINAL_FREEZE_NOT_FOUND']);
      await effectsAre(stage, 0, []);
    },
  },
  {
    name: 'renew-after-release',
    rule: 'R14',
    says: 'a freeze that was released is not renewed',
    given: { accounts: [current('100.00')] },
    abilities: ['renew', 'release'],
    broken: { misdeed: 'hides-reason' },
    run: async (stage) => {
      const freeze = await frozen(stage, 0, '60.00');
      figures(await stage.court.ask(releaseOrder(stage, freeze, '0.00')), { status: 'executed' });
      refusedFor(await stage.court.ask(renewOrder(stage, freeze)), ['ORIGINAL_FREEZE_NOT_FOUND', 'FREEZE_EXPIRED']);
    },
  },
  {
    name: 'renew-under-another-case',
    rule: 'R15',
    says: 'a freeze of a preservation case is renewed under the number of the execution case',
    given: { accounts: [current('100.00')] },
    abilities: ['renew'],
    broken: { misdeed: 'refuses' },
    run: async (stage) => {
      // The misdeed would stop the first freeze too, so its own word is not looked at.
      const freeze = freezeOrder(stage, 0, '60.00');
      await stage.court.ask({ ...freeze, case: { ...freeze.case, number: '(2026)鄂0106执保77号', kind: 'preservation' } });
      figures(await stage.court.ask(renewOrder(stage, freeze)), { status: 'executed', limit: '60.00' });
    },
  },
];
