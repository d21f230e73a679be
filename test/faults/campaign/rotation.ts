import { AUTOMATIC_BANKS, type AutomaticBank } from '../../scenarios/stage/stage.js';
import type { Chance } from './chance.js';
import { churn, diedAt, killed, oneCase, paused, troubledBank, type Fault } from './faults.js';
import { APPS, GATEWAYS, pointGroups } from './places.js';

/** Points at which processes die side by side, each in a process of its own. */
const POINTS_AT_ONCE = 4;
/** Groups of deaths that one round brings one after another, before it is judged. */
const GROUPS_A_ROUND = 4;

/** What can be wrong with a bank for a while. */
const BANK_TROUBLES: readonly (readonly [string, unknown])[] = [
  ['bank down', { down: true }],
  ['bank slow', { latencyMs: 3_000 }],
  ['bank garbles', { garbleAnswer: 0.5 }],
  ['bank answers twice', { duplicateAnswer: 1 }],
  ['bank executes and drops the line', { executeThenDrop: 0.7 }],
  ['bank loses answers', { dropAnswer: 0.5 }],
  ['bank loses orders', { dropRequest: 0.5 }],
];

/**
 * One cycle: every fault once, each kind spread evenly over it, so that a part of a cycle has some of everything.
 * @param only part of a name: of the faults those that have it are left, of the places those that have it, or all where it is `points`
 */
export function rotation(chance: Chance, ownsServers: boolean, only?: string): readonly Fault[] {
  const kinds: readonly (readonly Fault[])[] = [
    chunks(pointGroups(chance, POINTS_AT_ONCE, only), GROUPS_A_ROUND).map((groups) => diedAt(groups, (process) => bankOf(process, chance))),
    APPS.map((name) => killed({ name: `kill ${name}`, processes: [name], bank: bankOf(name, chance) })),
    APPS.map((name) => paused({ name: `pause ${name}`, processes: [name], bank: bankOf(name, chance) })),
    ownsServers ? serverFaults(chance) : [],
    BANK_TROUBLES.map(([name, faults]) => troubledBank(name, chance.oneOf(AUTOMATIC_BANKS), faults)),
    [churn(GATEWAYS, chance.oneOf(AUTOMATIC_BANKS)), oneCase(GATEWAYS, chance.oneOf(AUTOMATIC_BANKS))],
  ];
  const placed = kinds.flatMap((faults) => {
    const shuffled = chance.shuffled(faults);
    return shuffled.map((fault, at) => ({ fault, at: (at + 0.5) / shuffled.length }));
  });
  const inOrder = placed.sort((a, b) => a.at - b.at).map(({ fault }) => fault);
  return only === undefined ? inOrder : inOrder.filter(({ name }) => name.includes(only));
}

function chunks<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size));
}

function serverFaults(chance: Chance): readonly Fault[] {
  return ['kafka', 'mariadb'].flatMap((name) => {
    const of = { processes: [name], bank: chance.oneOf(AUTOMATIC_BANKS) };
    return [killed({ ...of, name: `kill ${name}` }), paused({ ...of, name: `pause ${name}` })];
  });
}

/** A connector's own bank; any for the others. */
function bankOf(process: string, chance: Chance): AutomaticBank {
  return AUTOMATIC_BANKS.find((bank) => process === `connector-${bank}`) ?? chance.oneOf(AUTOMATIC_BANKS);
}
