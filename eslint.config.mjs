import tseslint from 'typescript-eslint';

const CLOCK = 'Time comes from the kernel Clock.';
const TIMER = 'Timers come from the kernel Clock or RealTime.';
const ENTROPY = 'Randomness comes from the kernel Entropy.';
const RANDOM = '/^(randomUUID|randomBytes|randomInt|randomFill|randomFillSync|getRandomValues)$/';

/** A deterministic simulation drives the whole system, so time and chance enter by one door each. Uses are found, not only calls. */
const timeAndChance = [
  { selector: "MemberExpression[object.name='Date'][property.name='now']", message: CLOCK },
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: CLOCK },
  { selector: "CallExpression[callee.name='Date']", message: CLOCK },
  { selector: "MemberExpression[object.name='performance'][property.name='now']", message: CLOCK },
  { selector: "MemberExpression[object.name='process'][property.name=/^(hrtime|uptime)$/]", message: CLOCK },
  { selector: 'CallExpression[callee.name=/^(setTimeout|setInterval)$/]', message: TIMER },
  { selector: 'CallExpression[callee.property.name=/^(setTimeout|setInterval)$/]', message: TIMER },
  { selector: "MemberExpression[object.name='Math'][property.name='random']", message: ENTROPY },
  { selector: `CallExpression[callee.name=${RANDOM}]`, message: ENTROPY },
  { selector: `CallExpression[callee.property.name=${RANDOM}]`, message: ENTROPY },
];
const timeAndChanceModules = [
  { name: 'node:timers', message: TIMER },
  { name: 'node:timers/promises', message: TIMER },
  { name: 'timers', message: TIMER },
  { name: 'timers/promises', message: TIMER },
];
const environment = [
  { selector: "MemberExpression[object.name='process'][property.name='env']", message: 'Only config.ts reads the environment.' },
];
const environmentModules = [
  { name: 'node:process', importNames: ['env'], message: 'Only config.ts reads the environment.' },
  { name: 'process', importNames: ['env'], message: 'Only config.ts reads the environment.' },
];

function doors(selectors, modules) {
  return { 'no-restricted-syntax': ['error', ...selectors], 'no-restricted-imports': ['error', { paths: modules }] };
}

export default tseslint.config(
  {
    ignores: [
      '.build/**',
      'node_modules/**',
      'data/**',
      'data-cluster/**',
      'coverage/**',
      'reports/**',
      '.stryker-tmp/**',
      'test/architecture/fixtures/**',
      '**/public/**/*.js',
    ],
  },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/no-floating-promises': ['error', { ignoreVoid: false }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'all' }],
      '@typescript-eslint/require-await': 'off',
      'no-empty': ['error', { allowEmptyCatch: false }],
      ...doors([...timeAndChance, ...environment], [...timeAndChanceModules, ...environmentModules]),
    },
  },
  {
    // The one place that may touch the runtime's clock and randomness.
    files: ['libs/kernel/clock.ts', 'libs/kernel/entropy.ts'],
    rules: doors(environment, environmentModules),
  },
  {
    // One schema per app reads the environment; tools that start processes hand it on.
    files: ['apps/*/src/config.ts', 'deploy/**/*.ts'],
    rules: doors(timeAndChance, timeAndChanceModules),
  },
  {
    // Tests, their harness and benches measure and wait in real time, and start processes.
    files: ['**/*.spec.ts', 'test/**/*.ts', 'libs/testing/**/*.ts'],
    rules: { 'no-restricted-syntax': 'off', 'no-restricted-imports': 'off' },
  },
  {
    // Scripts that run before anything is built are no part of the system.
    files: ['**/*.mjs'],
    ...tseslint.configs.disableTypeChecked,
    rules: { ...tseslint.configs.disableTypeChecked.rules, 'no-restricted-syntax': 'off', 'no-restricted-imports': 'off' },
  },
);
