import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const LEASH = fileURLToPath(new URL('./leash.mjs', import.meta.url));
const LOOK_EVERY_MS = 100;
const STOP_MS_MAX = 15_000;
const RESTART_MS = 500;
const INSTALL_MINUTES_MAX = 10;

/** @returns {boolean} whether a program is on the PATH */
export function hasProgram(name) {
  return spawnSync('sh', ['-c', `command -v ${name}`], { stdio: 'ignore' }).status === 0;
}

/** Runs a program to its end. @throws Error with its last words */
export function runToEnd(program, args, options = {}) {
  const done = spawnSync(program, args, { encoding: 'utf8', timeout: INSTALL_MINUTES_MAX * 60_000, ...options });
  if (done.status === 0) return done.stdout;
  const words = `${done.stdout ?? ''}${done.stderr ?? ''}${done.error?.message ?? ''}`.trim().slice(-1_000);
  throw new Error(`${program} ${args.join(' ')} failed: ${words}`);
}

/** Installs Debian packages when a program is missing. @throws Error that says what to install by hand */
export function ensureProgram(name, packages, log) {
  if (hasProgram(name)) return;
  if (!hasProgram('apt-get') || process.getuid?.() !== 0) {
    throw new Error(`${name} is missing: install ${packages.join(' ')} (as root: apt-get install ${packages.join(' ')})`);
  }
  log(`installing ${packages.join(' ')} …`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // An old list of packages may still do; the installation itself tells.
  spawnSync('apt-get', ['update', '-qq'], { env, stdio: 'ignore', timeout: INSTALL_MINUTES_MAX * 60_000 });
  runToEnd('apt-get', ['install', '-y', '-qq', ...packages], { env });
}

/** A port on which nothing listens now. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** Whether something accepts connections there. */
export function accepts(port, host = '127.0.0.1') {
  return new Promise((resolve) => {
    const socket = connect({ port, host, timeout: 1_000 });
    const end = (answer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });
}

/**
 * A server program that is kept running until it is stopped. It never outlives this process.
 * @typedef {{pid: () => number | undefined, stop: () => Promise<void>, kill: () => void}} Kept
 */

/**
 * @param {{name: string, program: string, args: string[], port: number, logFile: string, readyMsMax: number, log: (line: string) => void, onRestart: () => void}} spec
 * @returns {Promise<Kept>} once it accepts connections
 */
export async function keepRunning(spec) {
  let pid;
  let leash;
  let stopping = false;
  const start = () => {
    leash = spawn(process.execPath, [LEASH, spec.logFile, spec.program, ...spec.args], { stdio: ['pipe', 'pipe', 'inherit'] });
    leash.stdout.once('data', (chunk) => (pid = Number(String(chunk).trim())));
    // Its end closes the pipe while something may still be written to it.
    leash.stdin.on('error', () => undefined);
    leash.once('exit', () => {
      pid = undefined;
      if (stopping) return;
      spec.log(`${spec.name} has ended; started again in ${RESTART_MS} ms`);
      setTimeout(() => {
        if (stopping) return;
        start();
        untilAccepts().then(spec.onRestart, (error) => spec.log(error.message));
      }, RESTART_MS);
    });
  };
  const untilAccepts = async () => {
    const end = performance.now() + spec.readyMsMax;
    while (!(await accepts(spec.port))) {
      if (performance.now() > end) throw new Error(`${spec.name} did not come up; its last words:\n${tailOf(spec.logFile)}`);
      await pause(LOOK_EVERY_MS);
    }
  };
  const stop = async () => {
    stopping = true;
    if (leash.exitCode !== null || leash.signalCode !== null) return;
    const gone = new Promise((resolve) => leash.once('exit', resolve));
    leash.kill('SIGTERM');
    const insist = setTimeout(() => leash.stdin.end(), STOP_MS_MAX);
    await gone;
    clearTimeout(insist);
  };
  start();
  try {
    await untilAccepts();
  } catch (error) {
    await stop();
    throw error;
  }
  return { pid: () => pid, stop, kill: () => void (pid !== undefined && process.kill(pid, 'SIGKILL')) };
}

function tailOf(file) {
  try {
    return readFileSync(file, 'utf8').slice(-2_000);
  } catch {
    // A program that has not written anything has no file; its absence says as much.
    return '(none)';
  }
}
