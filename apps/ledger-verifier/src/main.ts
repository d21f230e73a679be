import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Broken, textOf, Usage } from './broken.js';
import { verifyLog, verifyProofAlone } from './verify.js';

const USAGE = `usage: npm run -s verify -- --log <url|folder> [--vkey <vkey>] [--proof <file>] [--any-entries]
  --log          a log's address (https://host/ledger, …/ledger/<year>) or folder (data/ledger/<year>)
  --vkey         the log's key as you got it by another way; without it <log>/vkey is taken at its word
  --proof        also check a chakong-proof/v1 file against the log; with --vkey and without --log, by itself
  --any-entries  do not read the entries as leaves (for logs of other makers)
exit: 0 everything was derived again · 1 broken, with the first broken place · 2 usage`;

interface Options {
  readonly log?: string | undefined;
  readonly vkey?: string | undefined;
  readonly proof?: string | undefined;
  readonly anyEntries: boolean;
}

function readOptions(args: string[]): Options {
  const text = { type: 'string' } as const;
  const known = { log: text, vkey: text, proof: text, policy: text, orders: text, 'any-entries': { type: 'boolean' } } as const;
  let values: ReturnType<typeof parseArgs<{ options: typeof known }>>['values'];
  try {
    ({ values } = parseArgs({ args, options: known, strict: true, allowPositionals: false }));
  } catch (cause) {
    throw new Usage(`${textOf(cause)}\n${USAGE}`, { cause });
  }
  for (const option of ['policy', 'orders'] as const) {
    if (values[option] !== undefined) throw new Usage(`--${option} is not there yet; nothing was checked`);
  }
  return { log: values.log, vkey: values.vkey, proof: values.proof, anyEntries: values['any-entries'] ?? false };
}

async function run(args: string[]): Promise<string> {
  const options = readOptions(args);
  if (options.log !== undefined) return verifyLog({ ...options, log: options.log, threads: Math.min(8, availableParallelism()) });
  if (options.proof !== undefined && options.vkey !== undefined) return verifyProofAlone(options.proof, options.vkey);
  throw new Usage(USAGE);
}

try {
  process.stdout.write(`${await run(process.argv.slice(2))}\n`);
} catch (error) {
  if (error instanceof Usage) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
  } else {
    // Whatever else went wrong, the log has not been verified, and nobody may take it for good.
    const place = error instanceof Broken ? error.message : `verifier: ${textOf(error)}`;
    process.stdout.write(`broken ${place}\n`);
    process.exitCode = 1;
  }
}
