/**
 * The entry of a container: gives the app what no compose file can write down, and becomes it.
 *
 * `DATABASE_ACCOUNT` with `DATABASE_HOST`: the password of the account is in a file that the migration made, and goes into `DATABASE_URL`.
 * `CHAKONG_INSTANCE`: replicas have one definition and need a name each; without one it is the container's own.
 *
 *   node start.mjs apps/court-gateway/src/main.js
 */
import { existsSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const USAGE_EXIT_CODE = 2;
const PREFIX = 'chakong';

/** @returns {string} what is wrong, or nothing */
function prepare(env) {
  env.CHAKONG_INSTANCE ||= hostname();
  const account = env.DATABASE_ACCOUNT;
  if (!account) return '';
  const file = path.join(env.DATA_DIR ?? '', 'keys', 'database', `${account}.password`);
  if (!existsSync(file)) return `${file} is not there: run the migration first (docker compose up migrate)`;
  const url = new URL(`mysql://${env.DATABASE_HOST}/${PREFIX}`);
  url.username = `${PREFIX}_${account}`;
  url.password = readFileSync(file, 'utf8');
  env.DATABASE_URL = url.toString();
  return '';
}

const [entry = ''] = process.argv.slice(2);
const build = path.join(path.dirname(fileURLToPath(import.meta.url)), 'build');
const script = path.join(build, entry);
const wrong = entry !== '' && existsSync(script) ? prepare(process.env) : `"${entry}" is no part of the build`;
if (wrong === '') {
  process.argv = [process.execPath, script, ...process.argv.slice(3)];
  await import(pathToFileURL(script).href);
} else {
  process.stderr.write(`${wrong}\n`);
  process.exitCode = USAGE_EXIT_CODE;
}
