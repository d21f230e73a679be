import { FAIL_POINTS, type FailPoint } from '#kernel';
import type { Chance } from './chance.js';

export const GATEWAYS = ['court-gateway-1', 'court-gateway-2'] as const;
export const CONNECTORS = ['connector-hubeibank', 'connector-hankoubank', 'connector-hbrcu'] as const;
export const DESK_CONNECTOR = 'connector-wrcb';
export const APPS: readonly string[] = [...GATEWAYS, ...CONNECTORS, DESK_CONNECTOR, 'audit-ledger', 'bank-simulator'];

/** Processes that are armed together, of which one at least must die. */
type Armed = readonly string[];

const [PUSHED, POLLED, FILED] = CONNECTORS;
const EACH_GATEWAY = GATEWAYS.map((name) => [name]);
const EACH_CONNECTOR = CONNECTORS.map((name) => [name]);
/** Partitions and leases go to one of the two, and nobody knows to which. */
const BOTH_GATEWAYS: readonly Armed[] = [GATEWAYS];
const LEDGER: readonly Armed[] = [['audit-ledger']];
const ANY: readonly Armed[] = [...BOTH_GATEWAYS, ...EACH_CONNECTOR, ...LEDGER];

/** Where the load passes each point: the first prefix that fits counts. */
const WHERE: readonly (readonly [prefix: string, choices: readonly Armed[], hitMax: number])[] = [
  ['gateway.answer-', BOTH_GATEWAYS, 4],
  ['gateway.progress-', BOTH_GATEWAYS, 4],
  ['gateway.', EACH_GATEWAY, 6],
  // The gateways' relay runs under a lease; a connector's is always its own.
  ['relay.', [...BOTH_GATEWAYS, ...EACH_CONNECTOR], 4],
  ['inbox.', [...BOTH_GATEWAYS, ...EACH_CONNECTOR], 6],
  ['kafka.published-', [...BOTH_GATEWAYS, ...EACH_CONNECTOR], 4],
  ['kafka.', ANY, 4],
  ['store.', ANY, 8],
  ['lease.', BOTH_GATEWAYS, 1],
  ['connector.sent-before-record', [[PUSHED], [FILED]], 3],
  ['connector.received-', [[POLLED], [FILED]], 3],
  ['connector.acknowledged-', [[POLLED], [FILED]], 2],
  ['connector.file-', [[FILED]], 1],
  // Counted by page or file, of which a few hold everything.
  ['connector.sending-', EACH_CONNECTOR, 2],
  ['connector.', EACH_CONNECTOR, 4],
  ['desk.', [[DESK_CONNECTOR]], 1],
  ['ledger.', LEDGER, 4],
  ['bank.', [['bank-simulator']], 5],
];

/** One fail-point for one round: the processes that are armed with it, and the passage at which they die. */
export interface ArmedPoint {
  readonly point: FailPoint;
  readonly processes: Armed;
  readonly hit: number;
}

/** @throws Error for a point that no process passes, which is an omission here */
export function placeOf(point: FailPoint, chance: Chance): ArmedPoint {
  const [, choices = [], hitMax = 1] = WHERE.find(([prefix]) => point.startsWith(prefix)) ?? [];
  return { point, processes: chance.oneOf(choices), hit: 1 + chance.below(hitMax) };
}

/** Only a process that starts, or whose like has died, takes a lease: it dies once more to come by, and by itself. */
export function isPassedAtStart({ point }: Pick<ArmedPoint, 'point'>): boolean {
  return point.startsWith('lease.');
}

/** What `--only` says to mean all points and nothing else. */
export const ALL_POINTS = 'points';

/** All points, or those with `only` in their name, in an order of chance, in groups that arm no process twice: a group dies at once. */
export function pointGroups(chance: Chance, sizeMax: number, only = ALL_POINTS): readonly (readonly ArmedPoint[])[] {
  const named = FAIL_POINTS.filter((point) => only === ALL_POINTS || point.includes(only));
  const left = chance.shuffled(named).map((point) => placeOf(point, chance));
  const groups: ArmedPoint[][] = [];
  for (let first = left.shift(); first !== undefined; first = left.shift()) {
    const group = [first];
    for (let at = 0; at < left.length && group.length < sizeMax && !isPassedAtStart(first);) {
      const next = left[at];
      const taken = new Set(group.flatMap(({ processes }) => processes));
      if (next && !isPassedAtStart(next) && !next.processes.some((name) => taken.has(name))) group.push(...left.splice(at, 1));
      else at += 1;
    }
    groups.push(group);
  }
  return groups;
}
