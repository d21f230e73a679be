import { describe, expect, it } from '@jest/globals';
import { FAIL_POINTS } from '#kernel';
import type { JournalRow, RequestView } from '../../scenarios/stage/views.js';
import { Chance } from './chance.js';
import { brokenLanes } from './judge.js';
import type { Approval } from './load.js';
import { parseCampaignOptions } from './options.js';
import { APPS, pointGroups } from './places.js';
import { rotation } from './rotation.js';

describe('a cycle of the campaign', () => {
  it.each(['a', 'b', 'c'])('of seed %s kills at every point once, and no process twice in one round', (seed) => {
    const groups = pointGroups(new Chance(seed), 4);
    expect(groups.flatMap((group) => group.map(({ point }) => point)).sort()).toEqual([...FAIL_POINTS].sort());
    for (const group of groups) {
      const processes = group.flatMap((each) => each.processes);
      expect(new Set(processes).size).toBe(processes.length);
      for (const name of processes) expect(APPS).toContain(name);
    }
  });

  it('is cut down to what a name says', () => {
    const points = rotation(new Chance('x'), true, 'points');
    expect(points.every(({ name }) => name.startsWith('points '))).toBe(true);
    for (const point of FAIL_POINTS) expect(points.some(({ name }) => name.includes(`${point}@`))).toBe(true);
    expect(rotation(new Chance('x'), true, 'desk.').flatMap(({ steps }) => steps).length).toBe(4);
    expect(rotation(new Chance('x'), true, 'kill kafka').map(({ name }) => name)).toEqual(['kill kafka']);
  });

  it('repeats with its seed and differs without', () => {
    const names = (seed: string): readonly string[] => rotation(new Chance(seed), true).map(({ name }) => name);
    expect(names('one')).toEqual(names('one'));
    expect(names('one')).not.toEqual(names('two'));
  });

  it('kills and pauses every process, and servers only where they are its own', () => {
    const own = rotation(new Chance('x'), true).map(({ name }) => name);
    for (const name of [...APPS, 'kafka', 'mariadb']) expect(own).toEqual(expect.arrayContaining([`kill ${name}`, `pause ${name}`]));
    const others = rotation(new Chance('x'), false).map(({ name }) => name);
    expect(others.filter((name) => /^(kill|pause) (kafka|mariadb)$/.test(name))).toEqual([]);
  });
});

describe('the order of a lane', () => {
  const requests = ['a', 'b'].map((id) => ({ id, orders: [{ orderNumber: `number of ${id}` }] }) as unknown as RequestView);
  const journal = (...ids: readonly string[]): JournalRow[] =>
    ids.map((id, at) => ({ seq: at + 1, orderNumber: `number of ${id}`, line: 1, action: 'freeze' }));
  const approval = (requestId: string, sentAt: number, heardAt: number): Approval => ({ requestId, caseId: 'case', sentAt, heardAt });

  it.each([
    ['kept', [approval('a', 1, 2), approval('b', 3, 4)], journal('a', 'b'), 0],
    ['broken', [approval('a', 1, 2), approval('b', 3, 4)], journal('b', 'a'), 1],
    ['open where the approvals overlapped', [approval('a', 1, 4), approval('b', 3, 5)], journal('b', 'a'), 0],
    ['open where one was not executed', [approval('a', 1, 2), approval('b', 3, 4)], journal('b'), 0],
  ])('is %s', (_, approvals, rows, count) => {
    expect(brokenLanes(approvals, [{ id: 'case' }], requests, rows)).toHaveLength(count);
  });
});

describe('the command line', () => {
  it.each([
    [['--rounds', '3'], { rounds: 3, seed: 'faults', only: undefined }],
    [['--rounds', '3', '--seed', 'x', '--only', 'kill'], { rounds: 3, seed: 'x', only: 'kill' }],
  ])('%j is read', (args, options) => expect(parseCampaignOptions(args)).toEqual(options));

  it.each([[[]], [['--rounds', '0']], [['--rounds', 'many']], [['--rounds']], [['--round', '3']]])('%j is refused', (args) =>
    expect(parseCampaignOptions(args)).toEqual(expect.any(String)),
  );
});
