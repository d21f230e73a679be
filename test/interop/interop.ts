import path from 'node:path';
import { builtFile, startProcess, tempDir } from '#testing';
import { runCommand } from './command.js';
import { damagedCopy, DAMAGES } from './damage.js';
import { buildGoTools, firstLine, type GoTools } from './go-tools.js';

const CHECK_MS_MAX = 120_000;
const SOURCES = 'test/interop/go';

/** A log that a real run made: its folder, its size, and the file of a checkpoint that was kept half-way. */
interface MadeLog {
  readonly log: string;
  readonly older: string;
  readonly size: number;
}

export interface Outcome {
  readonly state: 'ok' | 'FAILED' | 'skipped';
  readonly tool: string;
  /** What the tool accepted, or why it did not or could not. */
  readonly what: string;
}

/** The checks of the Go program: how each is called, and the name by which it is skipped. */
const CHECKS = [
  { name: 'golang.org/x/mod/sumdb', args: (log: string, older: string) => ['sumdb', log, older] },
  { name: 'github.com/transparency-dev/tessera/fsck', args: (log: string) => ['fsck', log] },
] as const;
type Check = (typeof CHECKS)[number];

/**
 * Makes a log of as many entries and has it read by tools that are not ours: once as it is, and once after each damage, which they must refuse.
 * @param root the repository
 * @param entries 256 at least, so that there are full tiles to damage
 */
export async function interop(root: string, entries: number): Promise<Outcome[]> {
  const place = await tempDir('interop');
  try {
    const tools = await buildGoTools(path.join(root, SOURCES), place.path);
    if (!('program' in tools)) return CHECKS.map(({ name }) => unavailable(name, tools));
    const made = await makeLog(place.path, entries);
    const copies = await Promise.all(
      DAMAGES.map(async (damage, n) => {
        const log = path.join(place.path, `damaged-${n}`);
        await damagedCopy(made.log, log, damage);
        return { log, what: damage.what };
      }),
    );
    const outcomes: Outcome[] = [];
    for (const check of CHECKS) outcomes.push(await outcomeOf(tools.program, check, made, copies));
    return outcomes;
  } finally {
    await place.remove();
  }
}

function unavailable(tool: string, tools: Exclude<GoTools, { program: string }>): Outcome {
  return 'missing' in tools ? { state: 'skipped', tool, what: tools.missing } : { state: 'FAILED', tool, what: tools.broken };
}

async function outcomeOf(
  program: string,
  check: Check,
  made: MadeLog,
  damaged: readonly { log: string; what: string }[],
): Promise<Outcome> {
  const whole = await runCommand(program, check.args(made.log, made.older), CHECK_MS_MAX);
  if (whole?.code !== 0) return { state: 'FAILED', tool: check.name, what: `refused the log: ${lastLine(whole?.stderr)}` };
  const [tool = check.name, accepted = ''] = firstLine(whole.stdout).split('\t');
  if (!accepted.includes(String(made.size))) return { state: 'FAILED', tool, what: `accepted another log than the made one: ${accepted}` };
  for (const { log, what } of damaged) {
    const end = await runCommand(program, check.args(log, made.older), CHECK_MS_MAX);
    // Exit 1 is the program's refusal; any other end says nothing about the log.
    if (end?.code !== 1) return { state: 'FAILED', tool, what: `did not refuse a flipped bit in ${what} (exit ${end?.code ?? 'none'})` };
  }
  return { state: 'ok', tool, what: `${accepted}; refused a flipped bit in ${damaged.map(({ what }) => what).join(', ')}` };
}

async function makeLog(folder: string, entries: number): Promise<MadeLog> {
  const run = startProcess(await builtFile('apps/audit-ledger/src/testing/make-log.js'), [folder, String(entries)]);
  const { code } = await run.ended();
  if (code !== 0) throw new Error(`no log could be made: ${run.output()}`);
  return JSON.parse(lastLine(run.output())) as MadeLog;
}

function lastLine(output: string | undefined): string {
  return output?.trim().split('\n').at(-1) || 'no answer in time';
}
