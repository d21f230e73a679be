/**
 * `npm run mutation [-- <part of a unit's name> …]`: how well the specs bite. Each unit of `units.mjs` is mutated by itself with its own
 * specs, which takes half a second a mutant instead of several; the score is that of all units together.
 * Exit code: 0 when the score is at least SCORE_MIN, 1 when it is less or a unit could not be run, 2 for a name that no unit has.
 */
import { Stryker } from '@stryker-mutator/core';
import { mkdir, writeFile } from 'node:fs/promises';
import { UNITS } from './units.mjs';

const SCORE_MIN = 85;
const REPORTS = 'reports/mutation';
const NOTICED = ['Killed', 'Timeout'];
const MISSED = ['Survived', 'NoCoverage'];

/** @param {import('./units.mjs').Unit} unit */
const configOf = (unit) => ({
  configFile: 'test/mutation/stryker.config.mjs',
  mutate: [...unit.mutate, '!**/*.spec.ts', '!**/index.ts'],
  jest: {
    projectType: 'custom',
    configFile: 'jest.config.mjs',
    // Searching the specs that a file has to do with takes longer than running those that are named.
    enableFindRelatedTests: false,
    config: {
      roots: [...new Set(unit.specs.map((spec) => `<rootDir>/${spec.slice(0, spec.lastIndexOf('/'))}`))],
      testMatch: unit.specs.map((spec) => `<rootDir>/${spec}`),
    },
  },
});

/** @returns {Promise<{noticed: number, missed: {file: string, line: number, mutator: string, replacement: string}[]}>} */
async function measure(unit) {
  const results = await new Stryker(configOf(unit)).runMutationTest();
  const missed = results.filter(({ status }) => MISSED.includes(status));
  return {
    noticed: results.filter(({ status }) => NOTICED.includes(status)).length,
    missed: missed.map(({ fileName, location, mutatorName, replacement }) => ({
      file: fileName,
      line: location.start.line,
      mutator: mutatorName,
      replacement: replacement.slice(0, 120),
    })),
  };
}

const percent = (noticed, missed) => (noticed + missed === 0 ? 100 : (100 * noticed) / (noticed + missed));

async function main(names) {
  const units = UNITS.filter(({ name }) => names.length === 0 || names.some((part) => name.includes(part)));
  if (units.length === 0) {
    console.error(`no unit is named so; there are\n${UNITS.map(({ name }) => `  ${name}`).join('\n')}`);
    return 2;
  }
  await mkdir(REPORTS, { recursive: true });
  const rows = [];
  for (const unit of units) {
    const { noticed, missed } = await measure(unit);
    rows.push({ unit: unit.name, noticed, missed });
    console.log(`${percent(noticed, missed.length).toFixed(1).padStart(5)} %  ${noticed}/${noticed + missed.length}  ${unit.name}`);
    await writeFile(`${REPORTS}/survivors.json`, `${JSON.stringify(rows, null, 2)}\n`);
  }
  const noticed = rows.reduce((sum, row) => sum + row.noticed, 0);
  const missed = rows.reduce((sum, row) => sum + row.missed.length, 0);
  const score = percent(noticed, missed);
  console.log(`mutation score ${score.toFixed(2)} %: ${noticed} of ${noticed + missed} mutants noticed, at least ${SCORE_MIN} % wanted`);
  return score >= SCORE_MIN ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
