#!/usr/bin/env node
/**
 * `npm test`: runs the specs tier by tier, says how many ran in each, and ends with the line `N passed, N failed, N skipped`.
 * The exit code is 0 only when something ran and nothing failed.
 */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { add, killAll, lost, nothing, runJest } from './jest.mjs';
import { parseOptions, USAGE } from './options.mjs';
import { findServers, withoutServers } from './servers.mjs';
import { byTier, tierOf } from './tiers.mjs';

const REPOSITORY = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
/** A quiet machine needs a third of this; a run that takes longer hangs, and a build server has ninety minutes. */
const RUN_MINUTES_MAX = 60;
const MS_PER_MINUTE = 60_000;
/** For servers that end after an interruption; then they are left to end with this process. */
const STOP_MS_MAX = 5_000;
const ROOTS = ['apps', 'libs', 'deploy', 'test'];
const FOLDERS_LEFT_OUT = new Set(['node_modules', 'fixtures', 'data']);
const USAGE_EXIT_CODE = 2;
const NAME_WIDTH = 22;

/** @typedef {{name: string, files: number, seconds: number, outcome: import('./jest.mjs').Outcome}} Row */

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

/** Whether a spec of this run can do something with a server. */
const mayNeedServers = (specs) => [...specs].some(([name, files]) => files.length > 0 && tierOf(name).servers !== undefined);

/**
 * Servers start beside the tiers that do without them, so that waiting for them costs nothing.
 * @returns {Promise<Row[]>}
 */
async function runTiers(root, specs, { testName, embeddedOnly }) {
  const end = performance.now() + RUN_MINUTES_MAX * MS_PER_MINUTE;
  const wanted = !embeddedOnly && mayNeedServers(specs);
  const servers = wanted ? findServers((line) => process.stderr.write(`servers: ${line}\n`)) : undefined;
  stopOnSignals(servers);
  const rows = [];
  try {
    for (const [name, files] of specs) {
      if (files.length === 0) continue;
      const tier = tierOf(name);
      const found = tier.servers === undefined ? undefined : await servers;
      const lacking = (tier.servers ?? []).filter((each) => found?.env[each] === undefined);
      const env = { ...(found?.env ?? withoutServers()), ...tier.env };
      rows.push(lacking.length > 0 ? notRun(tier, files) : await runTier(tier, { root, files, testName, end, env }));
    }
    const { missing = [] } = (await servers) ?? {};
    for (const why of missing) rows.push({ name: 'servers', files: 0, seconds: 0, outcome: lost(`${why}; what needs it was skipped`) });
  } finally {
    await (await servers)?.stop();
  }
  return rows;
}

/** @returns {Promise<Row>} */
async function runTier({ name, title, workers, minutesMax }, { files, end, ...run }) {
  process.stderr.write(`\n== ${name}: ${title}, ${files.length} ${files.length === 1 ? 'file' : 'files'}\n`);
  const begun = performance.now();
  const deadline = Math.min(begun + minutesMax * MS_PER_MINUTE, end);
  const outcome = await runJest({ ...run, files, workers, deadline });
  return { name, files: files.length, seconds: (performance.now() - begun) / 1000, outcome };
}

/** A tier without its servers: its specs did not run, and what is missing is named once, among the failures. */
function notRun({ name }, files) {
  process.stderr.write(`\n== ${name}: not run, ${files.length} files\n`);
  return { name, files: files.length, seconds: 0, outcome: lost(`${name}: not run for want of a server`) };
}

/** Takes the tiers away that are nothing without servers. @returns {string[]} their names, where they would have run something */
function leaveOut(specs) {
  const names = [...specs.keys()].filter((name) => tierOf(name).servers?.length > 0);
  const ran = names.filter((name) => specs.get(name).length > 0);
  for (const name of names) specs.delete(name);
  return ran;
}

/** An interrupted run takes its test processes and its servers down with it. */
function stopOnSignals(servers) {
  // Whatever was begun between the signal and the end.
  process.once('exit', killAll);
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => {
      killAll();
      // Servers that are still starting end with this process.
      const stopped = Promise.race([servers?.then((found) => found.stop()), pause(STOP_MS_MAX)]);
      void stopped.finally(() => process.exit(1));
    });
  }
}

function report(rows, leftOut) {
  const total = nothing();
  const lines = [
    '',
    `${'tier'.padEnd(NAME_WIDTH)}${'files'.padStart(6)}${'passed'.padStart(8)}${'failed'.padStart(8)}${'skipped'.padStart(9)}${'seconds'.padStart(9)}`,
  ];
  for (const { name, files, seconds, outcome } of rows) {
    add(total, outcome);
    const { passed, failed, skipped } = outcome;
    const cells = [String(files).padStart(6), String(passed).padStart(8), String(failed).padStart(8), String(skipped).padStart(9)];
    lines.push(`${name.padEnd(NAME_WIDTH)}${cells.join('')}${seconds.toFixed(1).padStart(9)}`);
  }
  for (const text of [...total.failures, ...total.problems]) lines.push(`failed: ${text}`);
  if (leftOut.length > 0) lines.push(`--embedded-only: left out ${leftOut.join(', ')}, and every spec that needs a server`);
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
  const root = options.root === undefined ? REPOSITORY : path.resolve(options.root);
  const specs = byTier(
    specsBelow(root).filter((file) => options.patterns.length === 0 || options.patterns.some((pattern) => pattern.test(file))),
  );
  if (options.tiers.length > 0) for (const name of [...specs.keys()]) if (!options.tiers.includes(name)) specs.delete(name);
  const leftOut = options.embeddedOnly ? leaveOut(specs) : [];
  const rows = await runTiers(root, specs, options);
  process.exitCode = report(rows, leftOut) ? 0 : 1;
}
