import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { FAIL_POINTS, legalDateOf, SystemClock } from '#kernel';
import { openCheckpoint, parseVerifierKey, TreeReader, verifyConsistency, type Checkpoint } from '#merkle';
import { builtFile, startProcess, withTempDir } from '#testing';
import { LogFolder } from './adapters/files/log-folder.js';

const year = legalDateOf(new SystemClock().now()).slice(0, 4);
let driver = '';
let verifier = '';
beforeAll(async () => {
  driver = await builtFile('apps/audit-ledger/src/testing/crash-driver.ts');
  verifier = await builtFile('apps/ledger-verifier/src/main.ts');
}, 120_000);

async function published(folder: string): Promise<Checkpoint> {
  const [note, vkey] = await Promise.all(['checkpoint', 'vkey'].map((name) => readFile(path.join(folder, 'ledger', year, name))));
  return openCheckpoint(note ?? Buffer.alloc(0), parseVerifierKey((vkey ?? '').toString()));
}

async function verifies(folder: string): Promise<void> {
  const { stdout } = await promisify(execFile)(process.execPath, [verifier, '--log', path.join(folder, 'ledger', year)], {
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  expect(stdout).toMatch(/^ok /);
}

async function isPrefix(folder: string, from: Checkpoint, to: Checkpoint): Promise<void> {
  expect(to.size).toBeGreaterThanOrEqual(from.size);
  if (from.size === 0) return;
  const proof = await new TreeReader(new LogFolder(path.join(folder, 'ledger', year)), to.size).consistencyProof(from.size);
  expect(verifyConsistency({ from: from.size, to: to.size, fromRoot: from.root, toRoot: to.root, proof })).toBe(true);
}

const points = FAIL_POINTS.filter((point) => point.startsWith('ledger.'));

describe('killed with SIGKILL', () => {
  it('walks every fail-point of the ledger', () => expect(points.length).toBe(9));

  it.each(points.flatMap((point) => [1, 3].map((hit) => [point, hit] as const)))(
    'at %s, hit %i: the log stays whole, nothing is lost and nothing forks',
    async (point, hit) => {
      await withTempDir(async (folder) => {
        // A first life without a crash, so that there is something to fork from.
        await startProcess(driver, [folder, '30']).ended();
        const before = await published(folder);
        expect(before.size).toBe(30);

        const killed = startProcess(driver, [folder, '120', point, String(hit)]);
        expect(await killed.ended()).toEqual({ code: null, signal: 'SIGKILL' });
        await verifies(folder);
        const atDeath = await published(folder);
        await isPrefix(folder, before, atDeath);

        const again = startProcess(driver, [folder, '10']);
        const [, size, total] = await again.waitForLine(/done (\d+) of (\d+)/, 20_000);
        expect(await again.ended()).toEqual({ code: 0, signal: null });
        expect(size).toBe(total);
        await verifies(folder);
        await isPrefix(folder, atDeath, await published(folder));
      }, 'ledger-crash');
    },
    60_000,
  );
});
