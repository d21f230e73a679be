import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import { repository } from '#testing';

const FIXTURES = path.join(repository, 'test', 'architecture', 'fixtures', 'lint');

/** The project's own configuration, without the type information that only real files of the project have. */
const eslint = new ESLint({
  cwd: repository,
  ignore: false,
  overrideConfig: [{ ...tseslint.configs.disableTypeChecked, files: ['**/*.ts'] }],
});

/** Lints a fixture as if it stood at another place and gives the numbers of the lines that a door rule refuses. */
async function refusedLines(fixture: string, as: string): Promise<number[]> {
  const text = await readFile(path.join(FIXTURES, fixture), 'utf8');
  const [result] = await eslint.lintText(text, { filePath: path.join(repository, as) });
  const messages = result?.messages ?? [];
  expect(messages.filter(({ fatal }) => fatal)).toEqual([]);
  const doors = messages.filter(({ ruleId }) => ruleId?.startsWith('no-restricted-'));
  return [...new Set(doors.map(({ line }) => line))].sort((a, b) => a - b);
}

async function markedLines(fixture: string): Promise<number[]> {
  const text = await readFile(path.join(FIXTURES, fixture), 'utf8');
  return text.split('\n').flatMap((line, at) => (line.endsWith('// ✗') ? [at + 1] : []));
}

describe('the lint rules on time, chance and environment', () => {
  it.each([
    ['libs/orders/gates.ts'],
    ['libs/kernel/dates.ts'],
    ['libs/connectors/poll-xml/client/client.ts'],
    ['apps/court-gateway/src/config.ts'],
    ['apps/court-gateway/src/adapters/store/cases.ts'],
    ['deploy/local/cluster.ts'],
  ])('refuse time and chance in %s', async (as) => {
    expect(await refusedLines('time-and-chance.ts', as)).toEqual(await markedLines('time-and-chance.ts'));
  });

  it.each([
    ['libs/kernel/clock.ts'],
    ['libs/kernel/entropy.ts'],
    ['libs/orders/gates.spec.ts'],
    ['test/bench/load.ts'],
    ['libs/testing/eventually.ts'],
  ])('leave time and chance to %s', async (as) => {
    expect(await refusedLines('time-and-chance.ts', as)).toEqual([]);
  });

  it.each([['apps/court-gateway/src/main.ts'], ['libs/kernel/clock.ts'], ['libs/connectors/poll-xml/config.ts']])(
    'refuse the environment in %s',
    async (as) => {
      expect(await refusedLines('environment.ts', as)).toEqual(await markedLines('environment.ts'));
    },
  );

  it.each([['apps/court-gateway/src/config.ts'], ['deploy/local/cluster.ts']])('leave the environment to %s', async (as) => {
    expect(await refusedLines('environment.ts', as)).toEqual([]);
  });
});
