import { readFileSync } from 'node:fs';

const swc = JSON.parse(readFileSync(new URL('./.swcrc', import.meta.url), 'utf8'));
delete swc.$schema;
delete swc.exclude;
delete swc.sourceMaps;

/** Tests run from source; the names of `imports` in package.json are the same here, in TypeScript and in the build. */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/apps', '<rootDir>/libs', '<rootDir>/test', '<rootDir>/deploy'],
  testMatch: ['**/*.spec.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', { ...swc, swcrc: false, sourceMaps: 'inline' }] },
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  modulePathIgnorePatterns: ['<rootDir>/.build', '<rootDir>/data', '<rootDir>/data-cluster', '<rootDir>/.stryker-tmp'],
  testPathIgnorePatterns: ['/node_modules/', '/fixtures/'],
  testTimeout: 30_000,
};
