import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const JEST = fileURLToPath(new URL('../../node_modules/jest/bin/jest.js', import.meta.url));
/** Once Jest has written its results it has this long to end; after that something was left open, which is a failure. */
const ENDING_MS_MAX = 20_000;
const LOOK_EVERY_MS = 250;
/** Modules loaded in a VM context are freed late, so a worker that grew this big is replaced. */
const WORKER_MEMORY_MAX = '1500MB';

/**
 * What became of some spec files. `problems` are failures that belong to no single test: a file that could not be loaded, a process
 * that died or did not end. Each is counted in `failed`.
 * @typedef {{passed: number, failed: number, skipped: number, problems: string[], failures: string[]}} Outcome
 */

/** @returns {Outcome} */
export function nothing() {
  return { passed: 0, failed: 0, skipped: 0, problems: [], failures: [] };
}

/** Adds one outcome to another in place. */
export function add(to, from) {
  to.passed += from.passed;
  to.failed += from.failed;
  to.skipped += from.skipped;
  to.problems.push(...from.problems);
  to.failures.push(...from.failures);
}

/** The process groups that run now, so that an interrupted run takes them down too. */
const running = new Set();

export function killAll() {
  for (const pid of running) killGroup(pid);
}

function killGroup(pid) {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (!['ESRCH', 'EPERM'].includes(error?.code)) throw error; // It has ended by itself; some systems say so with EPERM.
  }
}

/**
 * Runs Jest over some files. When its process dies without having written results, each file is run again in a process of its own,
 * so that one crash costs one failure and not the count of all the others.
 * @param {{root: string, files: string[], workers: number, testName?: string, deadline: number, env: Record<string, string | undefined>}} run
 *   `deadline` in milliseconds of `performance.now()`, `env` is added to the environment of this process
 * @returns {Promise<Outcome>}
 */
export async function runJest(run) {
  const whole = await runOnce(run);
  if (whole.report !== undefined) return outcomeOf(whole, run);
  if (run.files.length === 1) return lost(`${run.files[0]}: ${whole.why}`);
  process.stderr.write(`jest ended without results (${whole.why}); running its ${run.files.length} files one by one\n`);
  const outcome = nothing();
  for (const file of run.files) {
    if (performance.now() >= run.deadline) add(outcome, lost(`${file}: not run, the time of this tier was over`));
    else add(outcome, await runJest({ ...run, files: [file] }));
  }
  return outcome;
}

/** @returns {Outcome} a failure that belongs to no single test */
export function lost(problem) {
  return { ...nothing(), failed: 1, problems: [problem] };
}

async function runOnce({ root, files, workers, testName, deadline, env }) {
  const folder = mkdtempSync(path.join(tmpdir(), 'chakong-jest-'));
  const results = path.join(folder, 'results.json');
  const args = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', JEST, '--ci', '--json', `--outputFile=${results}`];
  args.push(`--maxWorkers=${workers}`, `--workerIdleMemoryLimit=${WORKER_MEMORY_MAX}`);
  if (testName !== undefined) args.push(`--testNamePattern=${testName}`);
  args.push('--runTestsByPath', ...files.map((file) => path.join(root, file)));
  try {
    const why = await supervise({ args, root, env, results, deadline });
    const report = existsSync(results) ? readReport(results) : undefined;
    return { report, why };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A process that is killed while it writes leaves half a report, which is as good as none. */
function readReport(results) {
  try {
    return JSON.parse(readFileSync(results, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Runs Jest in a process group of its own and says how it ended; nothing of the group outlives it. */
function supervise({ args, root, env, results, deadline }) {
  return new Promise((resolve, reject) => {
    // Its report on standard output is a path that only we need; progress and failures come on standard error.
    const child = spawn(process.execPath, args, {
      cwd: root,
      detached: true,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, ...env },
    });
    child.once('error', reject);
    if (child.pid === undefined) return;
    running.add(child.pid);
    let why;
    let resultsSeenAt;
    const look = setInterval(() => {
      const now = performance.now();
      if (now >= deadline) why = 'killed, the time of this tier was over';
      if (existsSync(results)) resultsSeenAt ??= now;
      if (resultsSeenAt !== undefined && now - resultsSeenAt >= ENDING_MS_MAX) why = 'a test left something open: jest did not end';
      if (why !== undefined) killGroup(child.pid);
    }, LOOK_EVERY_MS);
    child.once('exit', (code, signal) => {
      clearInterval(look);
      running.delete(child.pid);
      // What the specs left behind must not disturb the next tier.
      killGroup(child.pid);
      resolve(why ?? (signal === null ? `exit code ${code}` : `signal ${signal}`));
    });
  });
}

/** @returns {Outcome} */
function outcomeOf({ report, why }, { root, files }) {
  const outcome = nothing();
  outcome.passed = report.numPassedTests;
  outcome.failed = report.numFailedTests;
  outcome.skipped = report.numPendingTests + report.numTodoTests;
  const reported = new Set();
  for (const suite of report.testResults) {
    const file = path.relative(root, suite.name);
    reported.add(file);
    for (const test of suite.assertionResults) if (test.status === 'failed') outcome.failures.push(`${file} › ${test.fullName}`);
    if (suite.status === 'failed' && !suite.assertionResults.some(({ status }) => status === 'failed')) {
      add(outcome, lost(`${file}: ${firstLine(suite.message)}`));
    }
  }
  for (const file of files) if (!reported.has(file)) add(outcome, lost(`${file}: jest did not report on it`));
  if (why !== 'exit code 0' && outcome.failed === 0) add(outcome, lost(`jest: ${why}`));
  return outcome;
}

function firstLine(message) {
  const line = message.split('\n').find((text) => /\p{L}/u.test(text) && !text.includes('Test suite failed to run'));
  return line?.trim() ?? 'the file could not be run';
}
