import { describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { builtFile, withTempDir } from '#testing';
import type { Tally } from './campaign.js';
import type { Campaign, InputLimits } from './guarded.js';

const MIB = 1024 * 1024;
/** Short enough for a test: a healthy parser answers in far less than a turn. */
const LIMITS: InputLimits = { turns: 20, heapMib: 64, residentBytes: 600 * MIB };
const CHILD_MS_MAX = 60_000;
const INPUTS = 2_000;

/** A table of one parser whose samples hold an "x" and which does `when` with every input that still holds it behind its beginning. */
function tableOf(when: string): string {
  return `
const kept = [];
const wait = () => new Promise(() => {});
export const PARSERS = [{
  name: 'broken',
  samples: () => [Buffer.from('abc')],
  pieces: ['x', 'y'],
  judge: async (input) => { if (input.includes('xy')) { ${when} } return true; },
}];`;
}

/** Runs a campaign of the compiled code in a process of its own, as the command does. */
async function guarded(when: string, limits: InputLimits = LIMITS): Promise<Tally> {
  const guard = pathToFileURL(await builtFile('test/fuzz/guarded.js')).href;
  return withTempDir(async (folder) => {
    const table = path.join(folder, 'table.mjs');
    await writeFile(table, tableOf(when));
    const campaign: Campaign = { table: pathToFileURL(table).href, parser: 'broken', inputs: INPUTS, seed: 1 };
    const code = `const { fuzzGuarded } = await import(${JSON.stringify(guard)});
const tally = await fuzzGuarded(${JSON.stringify(campaign)}, ${JSON.stringify(limits)});
process.stdout.write(JSON.stringify({ ...tally, failure: tally.failure && { ...tally.failure, input: Buffer.from(tally.failure.input).toString('latin1') } }));`;
    const script = path.join(folder, 'run.mjs');
    await writeFile(script, code);
    const { stdout } = await promisify(execFile)(process.execPath, [script], { timeout: CHILD_MS_MAX });
    return JSON.parse(stdout) as Tally;
  });
}

describe('a campaign in a thread of its own', () => {
  it('reports a parser that is well', async () => {
    const tally = await guarded('');
    expect(tally).toMatchObject({ inputs: INPUTS, accepted: INPUTS, refused: 0 });
    expect(tally.failure).toBeUndefined();
  });

  it.each([
    ['never comes back', 'for (;;);', /no answer within 2 s/],
    ['waits for ever', 'await wait();', /ended in the middle|no answer/],
    ['fills the heap', 'for (;;) kept.push([kept.length, {}]);', /memory/],
    ['fills memory outside of the heap', 'for (;;) kept.push(Buffer.alloc(16777216, 1));', /bytes of memory|no answer/],
    ['calls itself without end', 'const deeper = () => deeper() + 1; deeper();', /call stack/],
    ['ends the thread', 'process.exit(3);', /ended in the middle/],
  ])('fails one that %s, and names the input', async (_, when, why) => {
    const { failure } = await guarded(when);
    expect(failure?.reason).toMatch(why);
    expect(failure?.input).toContain('xy');
  });
});
