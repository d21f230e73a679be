import path from 'node:path';
import { inspect } from './house.js';
import type { Violation } from './violation.js';

/** `npm run check:architecture [-- <root>]`: one line for each violation; the exit code is 1 when there is any. */
const root = path.resolve(process.argv[2] ?? '.');
const { files, violations, warnings } = await inspect(root);
const line = ({ rule, at, detail }: Violation) => `${rule}: ${at} ${detail}`;
for (const warning of warnings) process.stdout.write(`warning ${line(warning)}\n`);
for (const violation of violations) process.stdout.write(`error ${line(violation)}\n`);
process.stdout.write(`architecture: ${files} files, ${violations.length} violations, ${warnings.length} warnings\n`);
process.exitCode = violations.length === 0 ? 0 : 1;
