/**
 * What is mutated and which specs must notice: the code whose mistakes cost money or proof. A unit is small, because every mutant loads
 * all specs of its unit; `specs` are those that promise the behaviour of the unit's files.
 *
 * @typedef {{name: string, mutate: readonly string[], specs: readonly string[]}} Unit
 */

/** @returns {Unit} files of one folder, each held by the spec of its own name */
const pair = (folder, ...names) => ({
  name: `${folder}/${names.join(',')}`,
  mutate: names.map((name) => `${folder}/${name}.ts`),
  specs: names.map((name) => `${folder}/${name}.spec.ts`),
});

/** @returns {Unit} files of one folder, held by other specs too */
const held = (folder, names, specs) => ({
  name: `${folder}/${names.join(',')}`,
  mutate: names.map((name) => `${folder}/${name}.ts`),
  specs: specs.map((name) => `${folder}/${name}.spec.ts`),
});

const ORDERS = 'libs/orders';
const GATES = `${ORDERS}/gates`;
const ANSWERS = `${ORDERS}/answers`;
const MERKLE = 'libs/merkle';

/** @type {readonly Unit[]} */
export const UNITS = [
  pair('libs/kernel', 'money'),
  pair(ORDERS, 'allocation'),
  held(ORDERS, ['ceilings'], ['ceilings', 'money-model']),
  held(ORDERS, ['coverage'], ['coverage', 'money-model']),
  pair(ORDERS, 'deadlines'),
  pair(ORDERS, 'identifiers'),
  pair(ORDERS, 'instruments'),
  held(ORDERS, ['parse-policy', 'reading-policy', 'policy'], ['parse-policy']),
  pair(ORDERS, 'release-proposal'),
  pair(ORDERS, 'restrictions'),
  pair(ORDERS, 'statuses'),
  pair(ORDERS, 'terms'),
  pair(ANSWERS, 'deduct'),
  held(ANSWERS, ['freeze', 'reading', 'answer'], ['freeze', 'release', 'entry']),
  pair(ANSWERS, 'notices'),
  pair(ANSWERS, 'release'),
  held(ANSWERS, ['entry', 'inquiry'], ['entry']),
  held(GATES, ['case-and-subject'], ['case-and-subject', 'approving-and-sending']),
  pair(GATES, 'closing'),
  held(GATES, ['documents'], ['documents', 'precedence']),
  pair(GATES, 'money'),
  held(GATES, ['people'], ['people', 'dispatch', 'approving-and-sending']),
  held(GATES, ['property'], ['property', 'precedence']),
  held(GATES, ['terms'], ['terms', 'approving-and-sending']),
  held(GATES, ['checks', 'facts', 'refusal'], ['precedence', 'dispatch', 'approving-and-sending', 'case-and-subject', 'property']),
  {
    name: `${ORDERS}/life-cycles`,
    mutate: [`${ORDERS}/life-cycles/*.ts`],
    specs: [`${ORDERS}/life-cycles/life-cycles.spec.ts`],
  },
  held(MERKLE, ['hashing', 'ranges', 'tree-reader', 'right-edge'], ['hashing', 'small-trees']),
  held(MERKLE, ['verify-proof'], ['small-trees', 'vectors']),
  held(MERKLE, ['tile-path', 'bundle'], ['tile-path', 'vectors']),
  held(MERKLE, ['note', 'note-key', 'checkpoint', 'exact-base64', 'tlog-proof'], ['note', 'refusals', 'vectors', 'log-vectors']),
  held(MERKLE, ['cosignature', 'witness-policy', 'add-checkpoint'], ['cosignature', 'refusals', 'witness-refusals']),
  {
    name: 'apps/court-gateway/src/adapters/http/writes',
    mutate: ['apps/court-gateway/src/adapters/http/writes.ts'],
    specs: ['apps/court-gateway/src/writes.int.spec.ts', 'apps/court-gateway/src/writes-outcomes.int.spec.ts'],
  },
];
