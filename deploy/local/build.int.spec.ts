import { execFile } from 'node:child_process';
import { copyFile, mkdir, readdir, readFile, symlink, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventuallyHolds, repository, startProcess, tempDir, type TempDir } from '#testing';

const run = promisify(execFile);
const env = { ...process.env, NODE_OPTIONS: '' };

/** A small project with the real tools, built for real. */
let project: TempDir;

beforeEach(async () => {
  project = await tempDir('build');
  await symlink(path.join(repository, 'node_modules'), path.join(project.path, 'node_modules'));
  await copyFile(path.join(repository, '.swcrc'), path.join(project.path, '.swcrc'));
  await put(
    'package.json',
    JSON.stringify({ name: 'small', version: '1.0.0', type: 'module', imports: { '#word': './libs/word/index.ts' } }),
  );
  for (const tool of ['build.mjs', 'run.mjs']) {
    await put(`deploy/local/${tool}`, await readFile(path.join(repository, 'deploy', 'local', tool), 'utf8'));
  }
  await put('libs/word/index.ts', `export const word: string = 'first';`);
  await put('libs/word/word.spec.ts', `throw new Error('a spec is no part of a build');`);
  await put('libs/word/README.md', 'A document is no part of a build.');
  await put('libs/word/fixtures/broken.ts', 'const = 1;');
  await put('apps/say/src/text.json', '{"said":"yes"}');
  await put(
    'apps/say/src/main.ts',
    `import { readFileSync } from 'node:fs';
     import { word } from '#word';
     const { said } = JSON.parse(readFileSync(new URL('./text.json', import.meta.url), 'utf8')) as { said: string };
     if (process.argv[2] === 'wait') { process.on('SIGTERM', () => process.exit(9)); setInterval(() => undefined, 1000); }
     console.log(word, said, process.argv.slice(2).join());
     if (process.argv[2] === 'fail') throw new Error('as told');`,
  );
});

afterEach(() => project.remove());

async function put(file: string, content: string): Promise<void> {
  const full = path.join(project.path, file);
  await mkdir(path.dirname(full), { recursive: true });
  await writeFile(full, content);
}

async function launch(...args: string[]): Promise<{ stdout: string; stderr: string; code: number }> {
  try {
    return { ...(await run(process.execPath, [path.join(project.path, 'deploy/local/run.mjs'), ...args], { env })), code: 0 };
  } catch (error) {
    return error as { stdout: string; stderr: string; code: number };
  }
}

/** The folders below `.build` that hold a build. */
async function builds(): Promise<string[]> {
  return (await readdir(path.join(project.path, '.build'))).filter((name) => !name.startsWith('.')).sort();
}

describe('run.mjs', () => {
  it('builds once, then starts from the build, with arguments, assets and names resolved inside the build', async () => {
    const first = await launch('apps/say/src/main.js', 'a', 'b');
    expect([first.stdout, first.code]).toEqual(['first yes a,b\n', 0]);
    expect(first.stderr).toMatch(/built in/);
    const second = await launch('apps/say/src/main.js');
    expect([second.stdout, second.stderr]).toEqual(['first yes \n', '']);
    const [build = ''] = await builds();
    const inside = await readdir(path.join(project.path, '.build', build, 'libs', 'word'));
    expect(inside.sort()).toEqual(['index.js', 'index.js.map']);
  });

  it('passes signals and the exit code on, and names the TypeScript line of an error', async () => {
    const child = startProcess(path.join(project.path, 'deploy/local/run.mjs'), ['apps/say/src/main.js', 'wait']);
    await child.waitForLine(/first yes wait/, 20_000);
    expect(await child.stop('SIGTERM')).toEqual({ code: 9, signal: null });
    const failed = await launch('apps/say/src/main.js', 'fail');
    expect(failed.code).toBe(1);
    expect(failed.stderr).toMatch(/Error: as told[^]*apps\/say\/src\/main\.ts:6/);
  });

  it.each([
    [[], 'usage:'],
    [['apps/none/src/main.js'], 'apps/none/src/main.js is not part of the build'],
  ])('refuses %j', async (args, message) => {
    const refused = await launch(...args);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain(message);
  });
});

describe('build.mjs', () => {
  it('lets many launches at once end in one complete build', async () => {
    const launches = await Promise.all(Array.from({ length: 6 }, (_, at) => launch('apps/say/src/main.js', String(at))));
    expect(launches.map(({ stdout }) => stdout)).toEqual(Array.from({ length: 6 }, (_, at) => `first yes ${at}\n`));
    expect(await builds()).toHaveLength(1);
    expect((await readdir(path.join(project.path, '.build'))).filter((name) => name.startsWith('.tmp'))).toEqual([]);
  });

  it('leaves the last build as it is when the sources do not compile', async () => {
    await launch('apps/say/src/main.js');
    const before = await builds();
    await put('libs/word/index.ts', 'export const word: string = ;');
    const broken = await launch('apps/say/src/main.js');
    expect(broken.code).toBe(1);
    expect(broken.stderr).toContain('libs/word/index.ts');
    expect(await builds()).toEqual(before);
  });

  it('rebuilds after a change and keeps the newest three, the one a process runs from, and nothing of killed builds', async () => {
    const server = startProcess(path.join(project.path, 'deploy/local/run.mjs'), ['apps/say/src/main.js', 'wait']);
    try {
      await server.waitForLine(/first yes wait/, 20_000);
      const [served = ''] = await builds();
      const leftover = path.join(project.path, '.build', '.tmp-999999999-00000000');
      await mkdir(leftover);
      for (let at = 1; at <= 5; at += 1) {
        await put('libs/word/index.ts', `export const word: string = 'word ${at}';`);
        expect((await launch('apps/say/src/main.js')).stdout).toBe(`word ${at} yes \n`);
        // Ages what is there by a minute, so that "newest" does not depend on the resolution of file times.
        for (const name of await builds()) {
          const at = new Date(Date.now() - 60_000 * (name === served ? 100 : 1));
          await utimes(path.join(project.path, '.build', name), at, at);
        }
      }
      const kept = await builds();
      expect(kept).toContain(served);
      expect(kept).toHaveLength(4);
      expect(await readdir(path.join(project.path, '.build'))).not.toContain('.tmp-999999999-00000000');
    } finally {
      await server.stop('SIGTERM');
    }
    await put('libs/word/index.ts', `export const word: string = 'last';`);
    await launch('apps/say/src/main.js');
    await eventuallyHolds(async () => expect(await builds()).toHaveLength(3), 1_000);
  });
});
