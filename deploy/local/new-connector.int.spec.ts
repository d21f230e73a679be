import { copyFile, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { check, resolveConfig } from 'prettier';
import ts from 'typescript';
import { startProcess } from '#testing';

const ROOT = resolve('.');
const SCRIPT = join(ROOT, 'deploy/local/new-connector.mjs');
const COMPILE_MS_MAX = 120_000;
/** Below the repository, so that the skeleton finds the names of its libs; left out of build, lint and version control. */
const PLACE = join(ROOT, 'coverage', `new-connector-${process.pid}`);

async function generate(...args: readonly string[]): Promise<{ code: number | null; output: string }> {
  const child = startProcess(SCRIPT, [...args, '--root', PLACE]);
  const { code } = await child.ended();
  return { code, output: child.output() };
}

function faultsOf(files: readonly string[]): readonly string[] {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (file) => ts.sys.readFile(file)) as { config: unknown };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  const program = ts.createProgram(files, { ...options, noEmit: true });
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

describe('the skeleton of a new dialect', () => {
  beforeEach(async () => {
    await mkdir(PLACE, { recursive: true });
    for (const file of ['package.json', 'nest-cli.json']) await copyFile(join(ROOT, file), join(PLACE, file));
  });

  afterEach(() => rm(PLACE, { recursive: true, force: true }));

  it.each(['push', 'pull', 'file', 'desk'])(
    'of delivery %s compiles, is formatted, and is listed',
    async (delivery) => {
      expect(await generate('soap-2011', '--delivery', delivery)).toMatchObject({ code: 0 });
      const folder = join(PLACE, 'libs/connectors/soap-2011');
      const names = await readdir(folder);
      expect(names).toEqual(
        expect.arrayContaining(['manifest.ts', 'config.ts', 'status-table.ts', 'MAPPINGS.md', 'README.md', 'DECISIONS.md']),
      );
      for (const name of names) {
        const config = await resolveConfig(join(ROOT, 'libs/connectors', name));
        expect({ name, formatted: await check(await readFile(join(folder, name), 'utf8'), { ...config, filepath: name }) }).toEqual({
          name,
          formatted: true,
        });
      }
      const listed = JSON.parse(await readFile(join(PLACE, 'package.json'), 'utf8')) as { imports: Record<string, string> };
      expect(listed.imports['#connectors/soap-2011']).toBe('./libs/connectors/soap-2011/index.ts');
      // The copied package.json would answer for the libs' names in the repository's place.
      await rm(join(PLACE, 'package.json'));
      if (delivery === 'push') expect(faultsOf(names.filter((name) => name.endsWith('.ts')).map((name) => join(folder, name)))).toEqual([]);
    },
    COMPILE_MS_MAX,
  );

  it('is never written over what is there', async () => {
    await generate('soap-2011');
    expect(await generate('soap-2011')).toMatchObject({ code: 2 });
  });

  it.each([['../evil'], ['Soap'], ['soap', '--delivery', 'pigeon'], ['']])('%j is wrong usage', async (...args) => {
    expect((await generate(...args)).code).toBe(2);
  });
});
