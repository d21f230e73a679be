import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { builtFile, repository, tempDir, type TempDir } from '#testing';

const sample = (name: string): string => path.join(repository, 'docs/dialects/samples/iso20022-inquiry', `${name}.xml`);
let main = '';
let place: TempDir;
let wrong = '';

beforeAll(async () => {
  main = await builtFile('apps/bank-connector/src/iso20022/main.ts');
  place = await tempDir('iso20022');
  wrong = path.join(place.path, 'wrong.xml');
  await writeFile(wrong, (await readFile(sample('request'), 'utf8')).replace('2026-01-01', '2026-02-30'));
}, 120_000);
afterAll(() => place.remove());

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(...args: string[]): Promise<Outcome> {
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [main, ...args], { env: { ...process.env, NODE_OPTIONS: '' } });
    return { code: 0, stdout, stderr };
  } catch (error) {
    return error as Outcome;
  }
}

describe('the command', () => {
  it('says one line a file and exits 0 when all are taken', async () => {
    expect(await run('check', sample('request'), sample('response'))).toEqual({
      code: 0,
      stdout: 'accepted auth.001.001.01 signature absent\naccepted auth.002.001.01 signature absent\n',
      stderr: '',
    });
  });

  it('exits 1 when one is refused, and still reads the others', async () => {
    const { code, stdout } = await run('check', wrong, sample('response'));
    expect([code, stdout.split('\n')]).toEqual([
      1,
      [expect.stringMatching(/^refused value \S+\/FrDt is no date$/), 'accepted auth.002.001.01 signature absent', ''],
    ]);
  });

  it.each([[[]], [['check']], [['read', 'x']], [['check', '--certificate', '/nowhere', 'x']], [['check', '/nowhere.xml']], [['--other']]])(
    'exits 2 for %j',
    async (args) => {
      const { code, stdout, stderr } = await run(...args);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toContain('usage: npm run -s iso20022');
    },
  );
});
