#!/usr/bin/env node
/**
 * Runs a program that would outlive whoever started it, and ends it when its own standard input closes: the sign that the starter is gone,
 * however it went. The first line on standard output is the program's pid.
 *
 *   node leash.mjs <log file> <program> [arguments]
 */
import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';

const [logFile, program, ...args] = process.argv.slice(2);
const log = openSync(logFile, 'a');
const child = spawn(program, args, { stdio: ['ignore', log, log] });
child.once('error', (error) => {
  process.stderr.write(`${program}: ${error.message}\n`);
  process.exit(1);
});
child.once('exit', (code, signal) => process.exit(signal === null ? (code ?? 1) : 1));
if (child.pid !== undefined) process.stdout.write(`${child.pid}\n`);
process.stdin.on('end', () => child.kill('SIGKILL'));
process.stdin.resume();
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => child.kill('SIGTERM'));
