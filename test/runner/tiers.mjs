/**
 * The tiers of tests and which specs belong to each. A spec belongs to the first tier that takes it.
 *
 * `workers`: unit specs share both cores; tiers that start whole systems run one file at a time, so that their own deadlines are not
 * missed for want of a core. `minutesMax` ends a tier that hangs.
 *
 * @typedef {{name: string, title: string, workers: number, minutesMax: number, takes: (file: string) => boolean}} Tier
 */

/** @returns {(file: string) => boolean} */
const below = (folder) => (file) => file.startsWith(`${folder}/`);

/** @type {readonly Tier[]} in the order in which they run: what fails fastest comes first */
export const TIERS = [
  { name: 'architecture', title: 'rules of the house', workers: 2, minutesMax: 3, takes: below('test/architecture') },
  { name: 'conformance', title: "a connector's promises", workers: 1, minutesMax: 5, takes: below('test/conformance') },
  { name: 'scenarios', title: 'the whole system', workers: 1, minutesMax: 20, takes: below('test/scenarios') },
  { name: 'faults', title: 'kills and faults', workers: 1, minutesMax: 15, takes: below('test/faults') },
  { name: 'integration', title: 'real sockets and files', workers: 2, minutesMax: 15, takes: (file) => file.endsWith('.int.spec.ts') },
  { name: 'unit', title: 'specs beside the code', workers: 2, minutesMax: 10, takes: () => true },
];

/** Which tier runs when: the cheap ones first, so that a slip shows within the first minute. */
export const RUN_ORDER = ['unit', 'architecture', 'integration', 'conformance', 'scenarios', 'faults'];

/** @returns {Map<string, string[]>} the specs of each tier, in running order */
export function byTier(files) {
  const specs = new Map(RUN_ORDER.map((name) => [name, []]));
  for (const file of files) {
    const tier = TIERS.find(({ takes }) => takes(file));
    specs.get(tier.name).push(file);
  }
  return specs;
}
