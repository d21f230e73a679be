import { spawn } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppError, type RealTime } from '#kernel';
import type { ApiClient } from './api-client.js';

/** The verifier is another program: it shares no library with us, and it is run as an outsider would run it. */
const VERIFIER = fileURLToPath(new URL('../../../ledger-verifier/src/main.js', import.meta.url));
const NOT_YET_TRIES_MAX = 40;
const NOT_YET_MS = 250;
const OUTPUT_CHARS_MAX = 10_000;

/** Fetches a request's proof, has the separate verifier check it against the whole log, and returns the verifier's line. */
export async function proveRequest(api: ApiClient, dataDir: string, requestId: string, time: RealTime): Promise<string> {
  const proof = await whenCovered(api, requestId, time);
  const path = join(dataDir, `proof-${requestId}.json`);
  // Without the openings: they hold personal data, and this file lies in the data folder in clear.
  await writeFile(
    path,
    JSON.stringify(proof, (key, value: unknown) => (key === 'opening' ? undefined : value)),
  );
  try {
    return await runVerifier(['--log', `${api.origin}/ledger`, '--proof', path]);
  } finally {
    await rm(path);
  }
}

async function whenCovered(api: ApiClient, requestId: string, time: RealTime): Promise<unknown> {
  for (let tries = 1; ; tries++) {
    try {
      return await api.call('officer', 'GET', `/api/v1/requests/${requestId}/proof`);
    } catch (error) {
      if (!(error instanceof AppError && error.message.includes('"not-yet"')) || tries >= NOT_YET_TRIES_MAX) throw error;
      await time.realSleep(NOT_YET_MS);
    }
  }
}

function runVerifier(args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [VERIFIER, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const take = (chunk: Buffer): void => void (output = (output + chunk.toString('utf8')).slice(-OUTPUT_CHARS_MAX));
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(output.trim().split('\n').at(-1) ?? '');
      else reject(new AppError('demo-failed', `the verifier says: ${output.trim()}`, { level: 'fatal' }));
    });
  });
}
