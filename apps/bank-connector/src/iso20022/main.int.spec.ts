import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { builtFile, repository, runScript, tempDir, TestAuthority, type Outcome, type TempDir } from '#testing';

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

const run = (...args: string[]): Promise<Outcome> => runScript(main, args);

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

  it('asks for a signature when a certificate is named', async () => {
    const pem = path.join(place.path, 'trusted.pem');
    await writeFile(pem, (await TestAuthority.create('bank')).cert);
    expect(await run('check', '--certificate', pem, sample('request'))).toMatchObject({
      code: 1,
      stdout: 'refused signature-missing the message has no signature\n',
    });
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
