import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const MS_MAX = 180_000;

interface Line {
  readonly lost: number;
  readonly doubled: number;
  readonly reference: { readonly ratePerSec: number };
  readonly dialects: readonly {
    readonly dialect: string;
    readonly orders: number;
    readonly ratePerSec: number;
    readonly p50Ms: number | null;
    readonly cpuMsPerOrder: { readonly all: number };
    readonly lost: number;
  }[];
}

/** The command as its user runs it; `stdout` ends in the line that it promises. */
function bench(args: readonly string[]): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['deploy/local/run.mjs', 'test/bench/main.js', ...args], { cwd: ROOT, timeout: MS_MAX });
    const [out, err]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on('data', (part: Buffer) => out.push(part));
    child.stderr.on('data', (part: Buffer) => err.push(part));
    child.on('error', reject);
    child.on('close', (code) =>
      resolve({ code, stdout: Buffer.concat(out).toString('utf8'), stderr: Buffer.concat(err).toString('utf8') }),
    );
  });
}

describe('the bench of the dialects', () => {
  it(
    'asks every dialect alone, loses nothing, and gives each its own figures beside the reference',
    async () => {
      const { code, stdout, stderr } = await bench(['--scenario', 'dialects', '--seconds', '1']);
      expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
      const line = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Line;
      expect(line.dialects.map(({ dialect }) => dialect)).toEqual(['realtime-json', 'poll-xml', 'file-zip', 'manual-desk']);
      for (const { orders, ratePerSec, p50Ms, cpuMsPerOrder, lost } of line.dialects) {
        expect([orders > 0, ratePerSec > 0, (p50Ms ?? 0) > 0, cpuMsPerOrder.all > 0, lost]).toEqual([true, true, true, true, 0]);
      }
      expect([line.lost, line.doubled, line.reference.ratePerSec > 0]).toEqual([0, 0, true]);
    },
    MS_MAX,
  );
});
