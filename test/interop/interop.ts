import path from 'node:path';
import { tempDir } from '#testing';
import { runCommand } from './command.js';
import { damagedCopy, DAMAGES } from './damage.js';
import { buildGoTools, firstLine, lastLine, type Unbuilt } from './go-tools.js';
import { makeLog, type MadeLog } from './made-log.js';
import { NoAnswer } from './no-answer.js';
import type { Outcome } from './outcome.js';
import { checkWithSigstore, SIGSTORE } from './sigstore.js';
import { TESSERA_UNDER_OUR_WITNESS, tesseraUnderOurWitness } from './tessera-log.js';
import { LITEWITNESS, underLitewitness } from './litewitness.js';

const CHECK_MS_MAX = 120_000;
const SOURCES = 'test/interop/go';

/** A tool that reads a log: returns its name and version, a tab, and what it accepted; throws a refusal. */
interface Check {
  readonly name: string;
  read(log: string, older: string): Promise<string>;
}

const GO_CHECKS = [
  { name: 'golang.org/x/mod/sumdb', args: (log: string, older: string) => ['sumdb', log, older] },
  { name: 'github.com/transparency-dev/tessera/fsck', args: (log: string) => ['fsck', log] },
] as const;

/** A witness and a log of different makers, together: each cosigns what continues and refuses a fork. */
const TOGETHER = [
  { name: LITEWITNESS, run: underLitewitness },
  { name: TESSERA_UNDER_OUR_WITNESS, run: tesseraUnderOurWitness },
] as const;

/**
 * Makes a log of as many entries and has it read by tools that are not ours: once as it is, and once after each damage, which they must refuse.
 * Then a foreign witness cosigns a log of ours, and our witness a foreign log.
 * @param root the repository
 * @param entries 256 at least, so that there are full tiles to damage
 */
export async function interop(root: string, entries: number): Promise<Outcome[]> {
  const place = await tempDir('interop');
  try {
    const tools = await buildGoTools(path.join(root, SOURCES), place.path);
    const made = await makeLog(place.path, entries);
    const copies = await Promise.all(
      DAMAGES.map(async (damage, n) => {
        const log = path.join(place.path, `damaged-${n}`);
        await damagedCopy(made.log, log, damage);
        return { log, what: damage.what };
      }),
    );
    const outcomes: Outcome[] = [];
    for (const { name, args } of GO_CHECKS) {
      if (!('program' in tools)) outcomes.push(unavailable(name, tools));
      else outcomes.push(await outcomeOf({ name, read: (log, older) => askGo(tools.program, args(log, older)) }, made, copies));
    }
    outcomes.push(await outcomeOf({ name: SIGSTORE, read: checkWithSigstore }, made, copies));
    for (const { name, run } of TOGETHER) {
      outcomes.push(
        'program' in tools ? await together(name, () => run(tools, path.join(root, SOURCES), place.path)) : unavailable(name, tools),
      );
    }
    return outcomes;
  } finally {
    await place.remove();
  }
}

/** What two that had to work together came to; whatever stopped them is a failure of this suite or of them. */
async function together(name: string, run: () => Promise<{ tool: string; what: string }>): Promise<Outcome> {
  try {
    return { state: 'ok', ...(await run()) };
  } catch (error) {
    return { state: 'FAILED', tool: name, what: error instanceof Error ? error.message : String(error) };
  }
}

function unavailable(tool: string, tools: Unbuilt): Outcome {
  return 'missing' in tools ? { state: 'skipped', tool, what: tools.missing } : { state: 'FAILED', tool, what: tools.broken };
}

async function askGo(program: string, args: readonly string[]): Promise<string> {
  const end = await runCommand(program, args, CHECK_MS_MAX);
  if (end?.code === 0) return firstLine(end.stdout);
  // Exit 1 is the program's refusal; any other end says nothing about the log.
  throw end?.code === 1 ? new Error(lastLine(end.stderr)) : new NoAnswer(`it ended with ${end?.code ?? 'no code'}`);
}

async function outcomeOf(check: Check, made: MadeLog, damaged: readonly { log: string; what: string }[]): Promise<Outcome> {
  const whole = await answerOf(check, made.log, made.older);
  if (typeof whole !== 'string') return { state: 'FAILED', tool: check.name, what: `refused the log: ${whole.message}` };
  const [tool = check.name, accepted = ''] = whole.split('\t');
  if (!accepted.includes(String(made.size))) return { state: 'FAILED', tool, what: `accepted another log than the made one: ${accepted}` };
  for (const { log, what } of damaged) {
    const answer = await answerOf(check, log, made.older);
    if (typeof answer === 'string') return { state: 'FAILED', tool, what: `did not refuse a flipped bit in ${what}` };
    if (answer instanceof NoAnswer) return { state: 'FAILED', tool, what: `said nothing of a flipped bit in ${what}: ${answer.message}` };
  }
  return { state: 'ok', tool, what: `${accepted}; refused a flipped bit in ${damaged.map(({ what }) => what).join(', ')}` };
}

/** What the tool accepted, or the error with which it refused. */
async function answerOf(check: Check, log: string, older: string): Promise<string | Error> {
  try {
    return await check.read(log, older);
  } catch (error) {
    return error instanceof Error ? error : new NoAnswer(String(error));
  }
}
