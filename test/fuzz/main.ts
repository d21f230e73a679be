import { savedInputs, saveInput } from './corpus.js';
import type { Tally } from './campaign.js';
import type { FuzzedParser } from './fuzzed-parser.js';
import { fuzzGuarded } from './guarded.js';
import { parseFuzzOptions, USAGE, type FuzzOptions } from './options.js';
import { PARSERS } from './parsers.js';

const USAGE_EXIT_CODE = 2;
/** A longer input is found in its file alone. */
const SHOWN_BYTES_MAX = 200;
const NAME_WIDTH = 34;
const write = (line: string): void => void process.stdout.write(`${line}\n`);

/** Prints what became of each parser and keeps what broke one. @returns whether none broke */
async function run({ parser, inputs, seed }: FuzzOptions): Promise<boolean> {
  let [tried, failures] = [0, 0];
  const chosen = PARSERS.filter(({ name }) => parser === undefined || name === parser);
  for (const one of chosen) {
    const tally = await fuzzGuarded({ table: new URL('./parsers.js', import.meta.url).href, parser: one.name, inputs, seed });
    tried += tally.inputs;
    if (tally.failure) failures++;
    report(one, tally, seed);
  }
  write(`parsers ${chosen.length}, inputs ${tried}, failures ${failures}`);
  return failures === 0;
}

function report({ name }: FuzzedParser, { failure, inputs, accepted, refused, slowestMs }: Tally, seed: number): void {
  const figures = `inputs ${inputs}, accepted ${accepted}, refused ${refused}, slowest ${slowestMs.toFixed(1)} ms`;
  write(`${name.padEnd(NAME_WIDTH)} ${figures}, saved ${savedInputs(name).length}, failures ${failure ? 1 : 0}, seed ${seed}`);
  if (!failure) return;
  const shown = Buffer.from(failure.input.subarray(0, SHOWN_BYTES_MAX)).toString('hex');
  write(`  ${failure.reason}`);
  write(
    `  ${failure.input.length} bytes in ${saveInput(name, failure.input)}: ${shown}${failure.input.length > SHOWN_BYTES_MAX ? '…' : ''}`,
  );
}

const options = parseFuzzOptions(process.argv.slice(2));
if (typeof options === 'string') {
  process.stderr.write(`${options}\n${USAGE}\n`);
  process.exitCode = USAGE_EXIT_CODE;
} else if (options.list) {
  for (const { name } of PARSERS) write(name);
} else {
  process.exitCode = (await run(options)) ? 0 : 1;
}
