#!/usr/bin/env node
/**
 * `npm test`: runs the specs tier by tier, says how many ran in each, and ends with the line `N passed, N failed, N skipped`.
 * The exit code is 0 only when something ran and nothing failed.
 */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { add, killAll, nothing, runJest } from './jest.mjs';
import { parseOptions, USAGE } from './options.mjs';
import { byTier, TIERS } from './tiers.mjs';

const REPOSITORY = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
/** A quiet machine needs a third of this; a run that takes longer hangs, and a build server has an hour. */
const RUN_MINUTES_MAX = 45;
const MS_PER_MINUTE = 60_000;
const ROOTS = ['apps', 'libs', 'deploy', 'test'];
const FOLDERS_LEFT_OUT = new Set(['node_modules', 'fixtures', 'data']);
const USAGE_EXIT_CODE = 2;

function specsBelow(root) {
  const specs = [];
  const walk = (folder) => {
    for (const entry of readdirSync(path.join(root, folder), { withFileTypes: true })) {
      const name = `${folder}/${entry.name}`;
      if (entry.isDirectory() && !entry.name.startsWith('.') && !FOLDERS_LEFT_OUT.has(entry.name)) walk(name);
      else if (entry.isFile() && entry.name.endsWith('.spec.ts')) specs.push(name);
    }
  };
  for (const folder of ROOTS) if (existsSync(path.join(root, folder))) walk(folder);
  return specs.sort();
}

/** @returns {Promise<{name: string, files: number, seconds: number, outcome: import('./jest.mjs').Outcome}[]>} */
async function runTiers(root, specs, testName) {
  const started = performance.now();
  const end = started + RUN_MINUTES_MAX * MS_PER_MINUTE;
  const rows = [];
  for (const [name, files] of specs) {
    if (files.length === 0) continue;
    const { workers, minutesMax, title } = TIERS.find((tier) => tier.name === name);
    process.stderr.write(`\n== ${name}: ${title}, ${files.length} ${files.length === 1 ? 'file' : 'files'}\n`);
    const begun = performance.now();
    const deadline = Math.min(begun + minutesMax * MS_PER_MINUTE, end);
    const outcome = await runJest({ root, files, workers, testName, deadline });
    rows.push({ name, files: files.length, seconds: (performance.now() - begun) / 1000, outcome });
  }
  return rows;
}

function report(rows) {
  const total = nothing();
  const lines = [
    '',
    `${'tier'.padEnd(14)}${'files'.padStart(6)}${'passed'.padStart(8)}${'failed'.padStart(8)}${'skipped'.padStart(9)}${'seconds'.padStart(9)}`,
  ];
  for (const { name, files, seconds, outcome } of rows) {
    add(total, outcome);
    const { passed, failed, skipped } = outcome;
    const cells = [String(files).padStart(6), String(passed).padStart(8), String(failed).padStart(8), String(skipped).padStart(9)];
    lines.push(`${name.padEnd(14)}${cells.join('')}${seconds.toFixed(1).padStart(9)}`);
  }
  for (const text of [...total.failures, ...total.problems]) lines.push(`failed: ${text}`);
  if (total.passed + total.failed === 0) lines.push('nothing ran');
  lines.push('', `${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  process.stdout.write(`${lines.join('\n')}\n`);
  return total.failed === 0 && total.passed > 0;
}

const options = parseOptions(process.argv.slice(2));
if ('wrong' in options) {
  process.stderr.write(`${options.wrong}\n${USAGE}\n`);
  process.exitCode = USAGE_EXIT_CODE;
} else {
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => {
      killAll();
      process.exit(1);
    });
  }
  const root = options.root === undefined ? REPOSITORY : path.resolve(options.root);
  const specs = byTier(
    specsBelow(root).filter((file) => options.patterns.length === 0 || options.patterns.some((pattern) => pattern.test(file))),
  );
  if (options.tiers.length > 0) for (const name of [...specs.keys()]) if (!options.tiers.includes(name)) specs.delete(name);
  const rows = await runTiers(root, specs, options.testName);
  process.exitCode = report(rows) ? 0 : 1;
}
