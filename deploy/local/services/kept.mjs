import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { accepts } from './program.mjs';

const LEASH = fileURLToPath(new URL('./leash.mjs', import.meta.url));
const LOOK_EVERY_MS = 100;
/** A server that has not ended by then is killed. */
const STOP_MS_MAX = 30_000;
const RESTART_MS = 100;
const TAIL_CHARS_MAX = 2_000;

/**
 * A server program that is kept running until it is stopped. It never outlives this process.
 *
 * `kill` ends it by SIGKILL, after which it is started again as after any death; `restart` ends it in order and resolves once it accepts
 * connections again.
 * @typedef {{pid: () => number | undefined, stop: () => Promise<void>, kill: () => void, restart: () => Promise<void>}} Kept
 */

/**
 * @param {{name: string, program: string, args: string[], port: number, logFile: string, readyMsMax: number, log: (line: string) => void, onRestart: () => void}} spec
 * @returns {Promise<Kept>} once it accepts connections
 */
export async function keepRunning(spec) {
  const server = new KeptServer(spec);
  server.start();
  try {
    await server.untilAccepts();
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { pid: () => server.pid, stop: () => server.stop(), kill: () => server.kill(), restart: () => server.restart() };
}

class KeptServer {
  /** Of the program itself, not of its leash; undefined while it is down. */
  pid;
  #spec;
  #leash;
  #stopping = false;

  constructor(spec) {
    this.#spec = spec;
  }

  start() {
    const { logFile, program, args } = this.#spec;
    const leash = spawn(process.execPath, [LEASH, logFile, program, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#leash = leash;
    leash.stdout.once('data', (chunk) => (this.pid = Number(String(chunk).trim())));
    // Its end closes the pipe while something may still be written to it.
    leash.stdin.on('error', () => undefined);
    leash.once('exit', () => this.#ended());
  }

  #ended() {
    const { name, log, onRestart } = this.#spec;
    this.pid = undefined;
    if (this.#stopping) return;
    log(`${name} has ended; started again in ${RESTART_MS} ms`);
    setTimeout(() => {
      if (this.#stopping) return;
      this.start();
      this.untilAccepts().then(onRestart, (error) => log(error.message));
    }, RESTART_MS);
  }

  /** @throws Error with the server's last words after the spec's limit, or when it is being stopped */
  async untilAccepts() {
    const { name, port, readyMsMax, logFile } = this.#spec;
    const end = performance.now() + readyMsMax;
    while (!(await accepts(port))) {
      if (this.#stopping) throw new Error(`${name} is being stopped`);
      if (performance.now() > end) {
        throw new Error(`${name} did not come up within ${readyMsMax / 1000} s (${logFile}); its last words:\n${tailOf(logFile)}`);
      }
      await pause(LOOK_EVERY_MS);
    }
  }

  kill() {
    if (this.pid !== undefined) process.kill(this.pid, 'SIGKILL');
  }

  async restart() {
    await this.#end();
    // The death of the old program has been noticed; the new one is started by the same path as after any other death.
    await pause(RESTART_MS);
    await this.untilAccepts();
  }

  async stop() {
    this.#stopping = true;
    await this.#end();
  }

  /** SIGTERM, and SIGKILL (by the leash, whose input ends) for one that does not listen. */
  async #end() {
    const leash = this.#leash;
    if (leash.exitCode !== null || leash.signalCode !== null) return;
    const gone = new Promise((resolve) => leash.once('exit', resolve));
    leash.kill('SIGTERM');
    const insist = setTimeout(() => leash.stdin.end(), STOP_MS_MAX);
    await gone;
    clearTimeout(insist);
  }
}

function tailOf(file) {
  try {
    return readFileSync(file, 'utf8').slice(-TAIL_CHARS_MAX);
  } catch {
    // A program that has not written anything has no file; its absence says as much.
    return '(none)';
  }
}
