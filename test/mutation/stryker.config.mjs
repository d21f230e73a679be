/**
 * What all units of the mutation run have in common; `main.mjs` adds the files and the specs of each.
 * @type {import('@stryker-mutator/api/core').PartialStrykerOptions}
 */
export default {
  testRunner: 'jest',
  testRunnerNodeArgs: ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
  coverageAnalysis: 'perTest',
  ignorePatterns: ['.build', 'data', 'coverage', 'reports'],
  // A mutant in what runs once at load time would need a whole new process, and such values are tables that specs compare.
  ignoreStatic: true,
  reporters: [],
  logLevel: 'error',
  concurrency: 2,
  timeoutMS: 20_000,
  tempDirName: '.stryker-tmp',
};
