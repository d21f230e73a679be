#!/usr/bin/env node
/**
 * Builds when needed and runs a compiled entry in this same process, with the rest of the command line as its arguments, so that
 * signals, standard streams and the exit code are the entry's own.
 *
 *   node deploy/local/run.mjs apps/standalone/src/main.js --some-argument
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureBuild, markInUse } from './build.mjs';

const USAGE_EXIT_CODE = 2;
const [entry, ...args] = process.argv.slice(2);

/** Says what is wrong on stderr and ends with the exit code of wrong usage. */
function refuse(line) {
  process.stderr.write(`${line}\n`);
  process.exitCode = USAGE_EXIT_CODE;
}

async function launch() {
  const { folder } = await ensureBuild({ say: (line) => process.stderr.write(`${line}\n`) });
  markInUse(folder);
  const script = path.join(folder, entry.replace(/\.ts$/, '.js'));
  if (!existsSync(script)) return refuse(`${entry} is not part of the build`);
  // Stack traces name the TypeScript lines.
  process.setSourceMapsEnabled(true);
  process.argv = [process.execPath, script, ...args];
  await import(pathToFileURL(script).href);
}

if (entry === undefined) refuse('usage: node deploy/local/run.mjs <entry below the repository> [arguments]');
else {
  try {
    await launch();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 1;
  }
}
