import { execFile } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { freePort, repository, withTempDir } from '#testing';

interface Run {
  readonly code: number;
  readonly lines: readonly string[];
}

/** Runs the real command over a small project of its own. */
async function npmTest(specs: Readonly<Record<string, string>>, ...args: string[]): Promise<Run> {
  return npmTestWith({ DATABASE_URL: '', KAFKA_BROKERS: '' }, specs, '--embedded-only', ...args);
}

async function npmTestWith(
  servers: Readonly<Record<string, string>>,
  specs: Readonly<Record<string, string>>,
  ...args: string[]
): Promise<Run> {
  return withTempDir(async (root) => {
    await symlink(path.join(repository, 'node_modules'), path.join(root, 'node_modules'));
    await writeFile(path.join(root, 'package.json'), '{"type":"module"}');
    await writeFile(
      path.join(root, 'jest.config.mjs'),
      `export default { testMatch: ['**/*.spec.ts'], transform: {}, extensionsToTreatAsEsm: ['.ts'] };`,
    );
    for (const [file, body] of Object.entries(specs)) {
      await mkdir(path.join(root, path.dirname(file)), { recursive: true });
      await writeFile(path.join(root, file), body);
    }
    const main = path.join(repository, 'test', 'runner', 'main.mjs');
    return new Promise<Run>((resolve) => {
      execFile(
        process.execPath,
        [main, '--root', root, ...args],
        { env: { ...process.env, NODE_OPTIONS: '', ...servers } },
        (error, stdout) => resolve({ code: typeof error?.code === 'number' ? error.code : 0, lines: stdout.trimEnd().split('\n') }),
      );
    });
  }, 'runner');
}

const good = (count: number) => Array.from({ length: count }, (_, at) => `it('good ${at}', () => undefined);`).join('\n');

describe('npm test', () => {
  it('counts each tier and ends with the totals', async () => {
    const { code, lines } = await npmTest({
      'libs/a/a.spec.ts': `${good(2)} it.skip('later', () => undefined); it.todo('much later');`,
      'libs/a/b.int.spec.ts': good(1),
      'test/architecture/c.spec.ts': good(1),
      'test/scenarios/d.spec.ts': good(3),
    });
    expect(lines.at(-1)).toBe('7 passed, 0 failed, 2 skipped');
    const tiers = lines.map((line) => line.trim().split(/\s+/).slice(0, 5).join(' '));
    expect(tiers).toEqual(expect.arrayContaining(['unit 1 2 0 2', 'integration 1 1 0 0', 'architecture 1 1 0 0', 'scenarios 1 3 0 0']));
    expect(code).toBe(0);
  }, 60_000);

  it('fails and names the test when one fails, and runs only what a pattern takes', async () => {
    const specs = { 'libs/a/bad.spec.ts': `${good(1)} it('is wrong', () => expect(1).toBe(2));`, 'libs/a/good.spec.ts': good(1) };
    const all = await npmTest(specs);
    expect(all.lines.at(-1)).toBe('2 passed, 1 failed, 0 skipped');
    expect(all.lines).toContain('failed: libs/a/bad.spec.ts › is wrong');
    expect(all.code).toBe(1);
    const some = await npmTest(specs, 'a/good');
    expect(some.lines.at(-1)).toBe('1 passed, 0 failed, 0 skipped');
    expect(some.code).toBe(0);
  }, 60_000);

  it('keeps the count of the others when the test process dies and when a file cannot be loaded', async () => {
    const { code, lines } = await npmTest({
      'libs/a/crash.spec.ts': `it('dies', () => process.kill(process.pid, 'SIGKILL'));`,
      'libs/a/broken.spec.ts': 'const = 1;',
      'libs/a/good.spec.ts': good(2),
      'test/scenarios/crash.spec.ts': `it('dies and takes its process along', () => process.kill(process.pid, 'SIGKILL'));`,
      'test/scenarios/good.spec.ts': good(3),
    });
    expect(lines.at(-1)).toBe('5 passed, 3 failed, 0 skipped');
    const problems = lines.filter((line) => line.startsWith('failed: ')).map((line) => line.split(':').slice(0, 2).join(':'));
    expect(problems.sort()).toEqual([
      'failed: libs/a/broken.spec.ts',
      'failed: libs/a/crash.spec.ts',
      'failed: test/scenarios/crash.spec.ts',
    ]);
    expect(code).toBe(1);
  }, 90_000);

  it.each([
    ['nothing matches', ['no-such-spec'], 1, '0 passed, 0 failed, 0 skipped'],
    ['the tier has no specs', ['--tier', 'faults'], 1, '0 passed, 0 failed, 0 skipped'],
    ['the usage is wrong', ['--no-such-option'], 2, ''],
  ])('does not succeed when %s', async (_name, args, code, last) => {
    const run = await npmTest({ 'libs/a/a.spec.ts': good(1) }, ...args);
    expect([run.code, run.lines.at(-1)]).toEqual([code, last]);
  });

  describe('with servers', () => {
    const database = process.env['CHAKONG_TEST_DATABASE_URL'];
    const brokers = process.env['CHAKONG_TEST_KAFKA'];
    const tells = (...names: string[]) =>
      `it('is told', () => expect([${names.map((name) => `process.env.${name}`).join()}].map((told) => told !== undefined)).toEqual([${names.map(() => 'true').join()}]));`;
    const untold = `it('is not told', () => expect(Object.keys(process.env).filter((name) => /^CHAKONG_TEST_|^DATABASE_URL$|^KAFKA_BROKERS$/.test(name))).toEqual([]));`;

    (database && brokers ? it : it.skip)(
      'tells the specs of them and runs those of the apps and the scenarios once more',
      async () => {
        const own = { DATABASE_URL: database ?? '', KAFKA_BROKERS: brokers ?? '' };
        const { code, lines } = await npmTestWith(own, {
          'libs/a/a.spec.ts': untold,
          'libs/a/b.int.spec.ts': tells('CHAKONG_TEST_DATABASE_URL', 'CHAKONG_TEST_KAFKA'),
          'apps/court-gateway/src/c.int.spec.ts': `${good(1)}
            it('is told', () => expect([undefined, 'mysql']).toContain(process.env.CHAKONG_TEST_STORE));`,
          'test/scenarios/d.spec.ts': `it('has a profile', () => expect([undefined, 'distributed']).toContain(process.env.CHAKONG_TEST_PROFILE));`,
        });
        const tiers = lines.map((line) => line.trim().split(/\s+/).slice(0, 5).join(' '));
        expect(tiers).toEqual(
          expect.arrayContaining([
            'unit 1 1 0 0',
            'integration 2 3 0 0',
            'integration-mysql 1 2 0 0',
            'scenarios 1 1 0 0',
            'scenarios-distributed 1 1 0 0',
          ]),
        );
        expect([lines.at(-1), code]).toEqual(['8 passed, 0 failed, 0 skipped', 0]);
      },
      90_000,
    );

    it('fails and names what could not be had, and runs the rest', async () => {
      const port = await freePort();
      const nowhere = { DATABASE_URL: `mysql://root:secret@127.0.0.1:${port}/x`, KAFKA_BROKERS: `127.0.0.1:${port}` };
      const specs = {
        'libs/a/a.spec.ts': good(1),
        'libs/a/b.int.spec.ts': untold.replace('^CHAKONG_TEST_', '^CHAKONG_TEST_(DATABASE|KAFKA$)'),
        'test/scenarios/d.spec.ts': good(1),
      };
      const { code, lines } = await npmTestWith({ ...nowhere, CHAKONG_TEST_KAFKA_JARS: '/given' }, specs);
      expect([lines.at(-1), code]).toEqual(['3 passed, 3 failed, 0 skipped', 1]);
      const failures = lines.filter((line) => line.startsWith('failed: '));
      expect(failures).toEqual([
        'failed: scenarios-distributed: not run for want of a server',
        expect.stringContaining(`no database: DATABASE_URL names 127.0.0.1:${port}, which does not serve`),
        expect.stringContaining(`no Kafka broker: KAFKA_BROKERS names 127.0.0.1:${port}`),
      ]);
      expect(lines.join('\n')).not.toContain('secret');
      const embedded = await npmTestWith(nowhere, specs, '--embedded-only');
      expect([embedded.lines.at(-1), embedded.code]).toEqual(['3 passed, 0 failed, 0 skipped', 0]);
      expect(embedded.lines.join('\n')).toContain('--embedded-only: left out scenarios-distributed');
    }, 90_000);
  });
});
