/**
 * The tiers of tests and which specs belong to each. A spec belongs to the first tier that takes it; tiers that run the same specs once
 * more on other servers say so with `again`.
 *
 * `workers`: unit specs share both cores; tiers that start whole systems run one file at a time, so that their own deadlines are not
 * missed for want of a core. `minutesMax` ends a tier that hangs. `servers`: absent for tiers that never wait for a database or a
 * broker, and whose specs are not told of one; else the names of what the tier is nothing without, which may be none.
 *
 * @typedef {{name: string, title: string, workers: number, minutesMax: number, servers?: readonly string[], again?: true,
 *   env?: Readonly<Record<string, string>>, takes: (file: string) => boolean}} Tier
 */

const DATABASE = 'CHAKONG_TEST_DATABASE_URL';
const KAFKA = 'CHAKONG_TEST_KAFKA';

/** @returns {(file: string) => boolean} */
const below = (folder) => (file) => file.startsWith(`${folder}/`);

/** The behaviour of these apps is the same on every store: their integration specs run again on MySQL or MariaDB. */
const ON_MYSQL = ['apps/court-gateway', 'apps/bank-connector', 'apps/audit-ledger'];
/** Specs below them that are about SQLite's files themselves. */
const ON_SQLITE_ONLY = ['apps/bank-connector/src/journal-kill.int.spec.ts'];
/** Scenarios that are about the one embedded process; all others run again on a cluster. */
const EMBEDDED_ONLY = [];

const onMysql = (file) =>
  file.endsWith('.int.spec.ts') && ON_MYSQL.some((app) => file.startsWith(`${app}/`)) && !ON_SQLITE_ONLY.includes(file);
const onCluster = (file) => file.startsWith('test/scenarios/') && !EMBEDDED_ONLY.includes(file);

/** @type {readonly Tier[]} */
export const TIERS = [
  { name: 'architecture', title: 'rules of the house', workers: 2, minutesMax: 3, takes: below('test/architecture') },
  { name: 'conformance', title: "a connector's promises", workers: 1, minutesMax: 10, servers: [], takes: below('test/conformance') },
  { name: 'scenarios', title: 'the whole system', workers: 1, minutesMax: 20, takes: below('test/scenarios') },
  {
    name: 'scenarios-distributed',
    title: 'the whole system as a cluster',
    workers: 1,
    minutesMax: 20,
    servers: [DATABASE, KAFKA],
    again: true,
    env: { CHAKONG_TEST_PROFILE: 'distributed' },
    takes: onCluster,
  },
  { name: 'faults', title: 'kills and faults', workers: 1, minutesMax: 15, servers: [], takes: below('test/faults') },
  {
    name: 'integration',
    title: 'real sockets and files',
    workers: 2,
    minutesMax: 15,
    servers: [],
    takes: (file) => file.endsWith('.int.spec.ts'),
  },
  {
    name: 'integration-mysql',
    title: 'the apps on MySQL or MariaDB',
    workers: 2,
    minutesMax: 15,
    servers: [DATABASE],
    again: true,
    env: { CHAKONG_TEST_STORE: 'mysql' },
    takes: onMysql,
  },
  { name: 'unit', title: 'specs beside the code', workers: 2, minutesMax: 10, takes: () => true },
];

/** Which tier runs when: the cheap ones first, so that a slip shows within the first minute. */
export const RUN_ORDER = [
  'unit',
  'architecture',
  'integration',
  'integration-mysql',
  'conformance',
  'scenarios',
  'scenarios-distributed',
  'faults',
];

/** @returns {Tier} */
export function tierOf(name) {
  return TIERS.find((tier) => tier.name === name);
}

/** @returns {Map<string, string[]>} the specs of each tier, in running order */
export function byTier(files) {
  const specs = new Map(RUN_ORDER.map((name) => [name, []]));
  const once = TIERS.filter(({ again }) => !again);
  const again = TIERS.filter((tier) => tier.again);
  for (const file of files) {
    for (const { name } of [once.find(({ takes }) => takes(file)), ...again.filter(({ takes }) => takes(file))]) specs.get(name).push(file);
  }
  return specs;
}
