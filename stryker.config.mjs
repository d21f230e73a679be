/**
 * Mutation testing of the code whose mistakes cost money or proof: `npm run mutation`. Outside the build server's run, for it takes long.
 * `npm run mutation -- --mutate libs/kernel/money.ts` looks at one file.
 * @type {import('@stryker-mutator/api/core').PartialStrykerOptions}
 */
export default {
  mutate: [
    'libs/orders/**/*.ts',
    'libs/merkle/**/*.ts',
    'libs/kernel/money.ts',
    'apps/court-gateway/src/adapters/http/writes.ts',
    '!**/*.spec.ts',
    '!**/index.ts',
    // Vectors and builders of the tests.
    '!libs/{orders,merkle}/fixtures/**',
  ],
  testRunner: 'jest',
  testRunnerNodeArgs: ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
  jest: {
    projectType: 'custom',
    configFile: 'jest.config.mjs',
    // The unit specs of the mutated units, and of the idempotent writes their own spec, which needs a store: what needs sockets or
    // processes would be too slow to run for every mutant.
    config: {
      roots: ['<rootDir>/libs', '<rootDir>/apps'],
      testMatch: ['**/libs/{orders,merkle,kernel}/**/*.spec.ts', '**/apps/court-gateway/src/writes.int.spec.ts'],
      testPathIgnorePatterns: ['/node_modules/', '/fixtures/', '(?<!/writes)\\.int\\.spec\\.ts$'],
    },
    enableFindRelatedTests: true,
  },
  coverageAnalysis: 'perTest',
  ignorePatterns: ['.build', 'data', 'coverage', 'reports'],
  ignoreStatic: true,
  incremental: true,
  incrementalFile: 'reports/mutation/incremental.json',
  htmlReporter: { fileName: 'reports/mutation/index.html' },
  reporters: ['clear-text', 'progress', 'html'],
  clearTextReporter: { allowColor: false, logTests: false },
  concurrency: 2,
  timeoutMS: 20_000,
  thresholds: { high: 95, low: 90, break: 85 },
  tempDirName: '.stryker-tmp',
};
