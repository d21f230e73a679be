import { execFile, spawnSync } from 'node:child_process';
import { connect, createServer } from 'node:net';
import { promisify } from 'node:util';

/** For one run of a tool: an installation, a download, a format. */
const INSTALL_MS_MAX = 10 * 60_000;
const LOCK_SECONDS_MAX = 300;
const OUTPUT_BYTES_MAX = 8 * 1024 * 1024;
const WORDS_CHARS_MAX = 1_000;

const execute = promisify(execFile);

/** @returns {boolean} whether a program is on the PATH */
export function hasProgram(name) {
  return spawnSync('sh', ['-c', `command -v ${name}`], { stdio: 'ignore' }).status === 0;
}

/**
 * Runs a program to its end; whoever waits can do other things meanwhile.
 * @returns {Promise<void>}
 * @throws Error with its last words
 */
export async function runToEnd(program, args, options = {}) {
  try {
    await execute(program, args, {
      encoding: 'utf8',
      timeout: INSTALL_MS_MAX,
      killSignal: 'SIGKILL',
      maxBuffer: OUTPUT_BYTES_MAX,
      ...options,
    });
  } catch (error) {
    const words = `${error.stdout ?? ''}${error.stderr ?? ''}`.trim() || error.message;
    const late = error.killed ? ` (ended after ${INSTALL_MS_MAX / 60_000} minutes)` : '';
    throw new Error(`${program} ${args.join(' ')} failed${late}: ${words.slice(-WORDS_CHARS_MAX)}`, { cause: error });
  }
}

/** Installs Debian packages when a program is missing. @throws Error that says what to install by hand */
export async function ensureProgram(name, packages, log) {
  if (hasProgram(name)) return;
  if (!hasProgram('apt-get') || process.getuid?.() !== 0) {
    throw new Error(`${name} is missing: install ${packages.join(' ')} (as root: apt-get install ${packages.join(' ')})`);
  }
  log(`installing ${packages.join(' ')} …`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await runToEnd('apt-get', ['update', '-qq'], { env }).catch((error) => {
    // An old list of packages may still do; the installation itself tells.
    log(`the list of packages is as it was: ${error.message}`);
  });
  // Another run may be installing at this moment.
  const wait = ['-o', `DPkg::Lock::Timeout=${LOCK_SECONDS_MAX}`];
  await runToEnd('apt-get', [...wait, 'install', '-y', '-qq', '--no-install-recommends', ...packages], { env });
  if (!hasProgram(name)) throw new Error(`${packages.join(' ')} is installed, and there is still no ${name} on the PATH`);
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
