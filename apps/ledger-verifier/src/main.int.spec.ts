import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { builtFile, runScript, tempDir, type Outcome, type TempDir } from '#testing';
import { chainedLeaves, logFiles, testKey, tlogProof, writeLog } from '../fixtures/log-writer.js';

const key = testKey('gateway.example/ledger/2026');
const entries = chainedLeaves(300, 5);
let place: TempDir;
let main = '';
let log = '';
let proof = '';

beforeAll(async () => {
  main = await builtFile('apps/ledger-verifier/src/main.ts');
  place = await tempDir('verifier-main');
  log = path.join(place.path, '2026');
  proof = path.join(place.path, 'proof.json');
  writeLog(log, logFiles(key, entries));
  const item = { index: 7, leaf: entries[7]?.toString('base64'), tlogProof: tlogProof(key, 7, entries) };
  await writeFile(proof, JSON.stringify({ format: 'chakong-proof/v1', origin: key.name, vkey: key.vkey, proofs: [item] }));
}, 120_000);
afterAll(() => place.remove());

const run = (...args: string[]): Promise<Outcome> => runScript(main, args);

describe('the command', () => {
  it('exits 0 with one line when everything was derived again', async () => {
    const { code, stdout, stderr } = await run('--log', log, '--vkey', key.vkey, '--proof', proof);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^ok origin=gateway\.example\/ledger\/2026 size=300 root=\S+ rate=\d+\/s proofs=1 opened=0\n$/);
    expect(await run('--proof', proof, '--vkey', key.vkey)).toMatchObject({ code: 0 });
  });

  it('exits 1 and names the first broken place when not', async () => {
    const broken = path.join(place.path, 'broken');
    writeLog(broken, new Map([...logFiles(key, entries), ['tile/0/000', Buffer.alloc(8192)]]));
    expect(await run('--log', broken)).toMatchObject({ code: 1, stdout: expect.stringMatching(/^broken entry 0: [^\n]+\n$/) });
    expect(await run('--log', path.join(place.path, 'nowhere'))).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('vkey: missing'),
    });
  });

  it.each<[string, string[], string]>([
    ['nothing', [], 'usage:'],
    ['an unknown option', ['--logs', 'x'], 'usage:'],
    ['a word too much', ['--log', 'x', 'y'], 'usage:'],
    ['an option without its value', ['--log'], 'usage:'],
    ['a proof without log and key', ['--proof', 'x'], 'usage:'],
    ['a key that is none', ['--log', 'x', '--vkey', 'y'], '--vkey: not an Ed25519 verifier key'],
    ['a policy that is not there', ['--log', 'x', '--policy', 'no-such-file'], 'cannot read no-such-file'],
    ['an export that is not there', ['--log', 'x', '--orders', 'no-such-file'], 'no-such-file'],
    ['a proof alone with a policy', ['--proof', 'x', '--vkey', 'y', '--policy', 'z'], 'usage:'],
  ])('exits 2 for %s', async (_what, args, text) => {
    expect(await run(...args)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(text) });
  });

  it('exits 2 for a proof file that is not there', async () => {
    expect(await run('--log', log, '--proof', path.join(place.path, 'no.json'))).toMatchObject({ code: 2, stdout: '' });
  });
});
