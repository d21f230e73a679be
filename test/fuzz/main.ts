import { fuzz } from './campaign.js';
import { parseFuzzOptions, USAGE, type FuzzOptions } from './options.js';
import { PARSERS } from './parsers.js';

const USAGE_EXIT_CODE = 2;
const write = (line: string): void => void process.stdout.write(`${line}\n`);

/** @returns whether no parser broke */
function run({ parser, inputs, seed }: FuzzOptions): boolean {
  let clean = true;
  for (const one of PARSERS.filter(({ name }) => parser === undefined || name === parser)) {
    const { failure, ...tally } = fuzz(one, inputs, seed);
    const figures = `inputs ${tally.inputs}, accepted ${tally.accepted}, refused ${tally.refused}, slowest ${tally.slowestMs.toFixed(1)} ms`;
    write(`${one.name.padEnd(14)} ${figures}, failures ${failure ? 1 : 0}, seed ${seed}`);
    if (failure) write(`  ${failure}`);
    clean &&= failure === undefined;
  }
  return clean;
}

const options = parseFuzzOptions(process.argv.slice(2));
if (typeof options === 'string') {
  process.stderr.write(`${options}\n${USAGE}\n`);
  process.exitCode = USAGE_EXIT_CODE;
} else if (options.list) {
  for (const { name } of PARSERS) write(name);
} else {
  process.exitCode = run(options) ? 0 : 1;
}
