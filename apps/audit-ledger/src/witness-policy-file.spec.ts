import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { EnvironmentReader } from '#foundation';
import { cosignerOf } from '#merkle';
import { withTempDir } from '#testing';
import { readWitnessSettings, readWitnessSource } from './witness-policy-file.js';

const [court, bank] = [1, 2].map((n) => cosignerOf(`witness.test/w${n}`, Buffer.alloc(32, n)).cosigner.vkey);

async function settingsOf(policy: string): Promise<unknown> {
  return withTempDir(async (folder) => {
    const file = path.join(folder, 'agreement.policy');
    await writeFile(file, policy);
    return readWitnessSettings({ file, profile: 'strict' });
  });
}

describe('the witnesses of a ledger', () => {
  it.each<[Record<string, string>, unknown, number]>([
    [{}, undefined, 0],
    [{ LEDGER_POLICY: '' }, undefined, 0],
    [{ LEDGER_POLICY: 'a' }, { file: 'a', profile: 'strict' }, 0],
    [{ LEDGER_POLICY: 'a', LEDGER_POLICY_PROFILE: 'lenient' }, { file: 'a', profile: 'lenient' }, 0],
    [{ LEDGER_POLICY: 'a', LEDGER_POLICY_PROFILE: 'loose' }, { file: 'a', profile: 'strict' }, 1],
  ])('are told by %j', (env, source, faults) => {
    const read = new EnvironmentReader(env);
    expect([readWitnessSource(read), read.faults.length]).toEqual([source, faults]);
  });

  it('come from a tlog-policy', async () => {
    const settings = await settingsOf(`witness court ${court} http://w1\nwitness bank ${bank}\ngroup g any court bank\nquorum g\n`);
    expect(settings).toMatchObject({ profile: 'strict', policy: { witnesses: [{ name: 'court' }, { name: 'bank' }] } });
  });

  it.each([
    ['is no policy', 'hello\n', /line 1 of the policy/],
    [
      'needs who has no address',
      `witness court ${court} http://w1\nwitness bank ${bank}\ngroup g all court bank\nquorum g\n`,
      /no address/,
    ],
  ])('stop the start when the file %s', async (_what, policy, message) => {
    await expect(settingsOf(policy)).rejects.toMatchObject({ code: 'invalid-configuration', message: expect.stringMatching(message) });
  });

  it('stop the start when the file is not there', async () => {
    const missing = readWitnessSettings({ file: '/nowhere/agreement.policy', profile: 'strict' });
    await expect(missing).rejects.toMatchObject({ code: 'invalid-configuration', message: expect.stringContaining('LEDGER_POLICY') });
  });
});
