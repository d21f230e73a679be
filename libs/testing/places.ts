import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { invariant } from '#kernel';
import { removeStoresBelow } from './databases.js';

const REMOVE_RETRIES_MAX = 5;
const BUILD_MS_MAX = 120_000;

/** A folder of the test's own, and how to remove it. */
export interface TempDir {
  readonly path: string;
  remove(): Promise<void>;
}

/** Makes a new empty folder below the system's temporary folder. */
export async function tempDir(label = 'test'): Promise<TempDir> {
  const folder = await mkdtemp(path.join(tmpdir(), `chakong-${label}-`));
  return {
    path: folder,
    remove: async () => {
      await removeStoresBelow(folder);
      await rm(folder, { recursive: true, force: true, maxRetries: REMOVE_RETRIES_MAX });
    },
  };
}

/** Runs a test's body with a folder that is gone afterwards, also when the body throws. */
export async function withTempDir<T>(body: (folder: string) => Promise<T>, label?: string): Promise<T> {
  const folder = await tempDir(label);
  try {
    return await body(folder.path);
  } finally {
    await folder.remove();
  }
}

/**
 * A TCP port on 127.0.0.1 that nothing listens on at this moment. Another process may take it before the caller does, so bind to
 * port 0 wherever the unit under test can report what it got.
 */
export async function freePort(): Promise<number> {
  const [port] = await freePorts(1);
  invariant(port !== undefined, 'one port was asked for');
  return port;
}

/** Several different free ports: all are held until the last is found. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, listen));
  const ports = servers.map((server) => {
    const address = server.address();
    invariant(address !== null && typeof address === 'object', 'a listening TCP server has an address');
    return address.port;
  });
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

function listen(): Promise<ReturnType<typeof createServer>> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}

/** The root of the repository. */
export const repository = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

/**
 * Builds the sources as they are now, when needed, and returns the path of one compiled file, for example
 * `apps/standalone/src/main.js`: for tests that start processes or worker threads, which cannot run TypeScript.
 */
export async function builtFile(file: string): Promise<string> {
  // Compiled code is part of a build already, whose other files belong to it.
  if (import.meta.url.endsWith('.js')) return path.join(repository, file.replace(/\.ts$/, '.js'));
  const { stdout } = await promisify(execFile)(process.execPath, [path.join(repository, 'deploy', 'local', 'build.mjs')], {
    timeout: BUILD_MS_MAX,
  });
  return path.join(stdout.trim(), file.replace(/\.ts$/, '.js'));
}
