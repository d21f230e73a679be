#!/usr/bin/env node
/**
 * Compiles the TypeScript of `apps`, `libs`, `deploy` and the tools below `test` into `.build/<digest of the sources>/`.
 *
 * A build is complete or absent: it is written beside its final place and then renamed. Its name is the digest of everything it
 * was made from, so that an up-to-date build is found by its name alone, two launches at once at worst do the work twice, and a
 * server that runs from an older build is never disturbed.
 *
 *   node deploy/local/build.mjs            builds when needed and prints the folder
 */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Builds that stay beside the current one for quick switching back. A build in use stays in any case. */
const BUILDS_KEPT_MAX = 3;
/** A tree beyond this is not ours: something was dropped into a source folder by mistake. */
const SOURCES_MAX = 20_000;
const SOURCE_BYTES_MAX = 64 * 1024 * 1024;
/** Names of builds: the first characters of the SHA-256 of their sources. */
const BUILD_NAME = /^[0-9a-f]{16}$/;
const TEMP_NAME = /^\.tmp-(\d+)-/;

const ROOTS = [
  'apps',
  'libs',
  'deploy',
  'test/architecture',
  'test/bench',
  'test/faults',
  'test/interop',
  'test/fuzz',
  'test/scenarios/stage',
  'test/tamper-drill',
];
const FOLDERS_LEFT_OUT = new Set(['node_modules', 'fixtures', 'data', 'coverage', 'dist']);
/** What a build holds apart from compiled TypeScript: every other file of a unit except its documents and its specs. */
const NOT_ASSETS = /(\.md|\.d\.ts|\.d\.mts|\.spec\.ts)$/;
/** Settings, and scripts that compiled code imports. */
const DEPLOY_ASSETS = /\.(ya?ml|json|csv|pem)$|\/services\/[a-z-]+\.mjs$/;

/** The root of the repository that this script belongs to. */
export const REPOSITORY = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

/** @returns {string[]} every source, as sorted paths relative to `root` with forward slashes */
function sourcesOf(root) {
  const found = [];
  const walk = (folder) => {
    for (const entry of readdirSync(path.join(root, folder), { withFileTypes: true })) {
      if (entry.name.startsWith('.')) continue;
      const name = `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!FOLDERS_LEFT_OUT.has(entry.name)) walk(name);
      } else if (entry.isFile() && isSource(name)) {
        found.push(name);
        if (found.length > SOURCES_MAX) throw new Error(`more than ${SOURCES_MAX} sources; is something else in ${folder}?`);
      }
    }
  };
  for (const folder of ROOTS) if (existsSync(path.join(root, folder))) walk(folder);
  return found.sort();
}

function isSource(name) {
  if (NOT_ASSETS.test(name)) return false;
  if (name.endsWith('.ts')) return true;
  if (name.startsWith('deploy/')) return DEPLOY_ASSETS.test(name);
  return !name.startsWith('test/') || /\.(json|ya?ml|csv|sql)$/.test(name);
}

/** Reads everything once, so that what is compiled is what was digested even while someone edits. */
function readSources(root) {
  const files = new Map();
  let bytes = 0;
  const tools = ['package.json', '.swcrc', 'package-lock.json'];
  for (const name of [...tools, ...sourcesOf(root)]) {
    const full = path.join(root, name);
    if (tools.includes(name) && !existsSync(full)) continue;
    const content = readFileSync(full);
    bytes += content.length;
    if (bytes > SOURCE_BYTES_MAX) throw new Error(`sources of more than ${SOURCE_BYTES_MAX} bytes; is something else in ${name}?`);
    files.set(name, content);
  }
  const digest = createHash('sha256').update(readFileSync(fileURLToPath(import.meta.url)));
  for (const [name, content] of files) digest.update(`\0${name}\0${content.length}\0`).update(content);
  return { files, name: digest.digest('hex').slice(0, 16) };
}

/** The package scope of a build: the same names as in the sources, resolved to the compiled files. */
function scopeOf(packageJson) {
  const { name, version, license, imports = {} } = JSON.parse(packageJson.toString('utf8'));
  const compiled = Object.fromEntries(Object.entries(imports).map(([alias, target]) => [alias, target.replace(/\.ts$/, '.js')]));
  return JSON.stringify({ name: `${name}-build`, version, license, private: true, type: 'module', imports: compiled }, undefined, 2);
}

async function compile(files, into) {
  const { transform } = await import('@swc/core');
  const { $schema: _schema, exclude: _exclude, ...options } = JSON.parse(files.get('.swcrc')?.toString('utf8') ?? '{}');
  const sources = [...files.keys()].filter((name) => name.includes('/'));
  const failures = [];
  let next = 0;
  const worker = async () => {
    for (let at = next++; at < sources.length; at = next++) {
      const name = sources[at];
      const target = path.join(into, name);
      mkdirSync(path.dirname(target), { recursive: true });
      if (!name.endsWith('.ts')) {
        writeFileSync(target, files.get(name));
        continue;
      }
      try {
        // Relative to the compiled file, so that stack traces name the real source: two folders up is the repository.
        const sourceFileName = `${'../'.repeat(name.split('/').length + 1)}${name}`;
        const output = await transform(files.get(name).toString('utf8'), {
          ...options,
          swcrc: false,
          filename: name,
          sourceFileName,
          sourceMaps: true,
        });
        const script = target.replace(/\.ts$/, '.js');
        writeFileSync(script, `${output.code}//# sourceMappingURL=${path.basename(script)}.map\n`);
        writeFileSync(`${script}.map`, output.map ?? '');
      } catch (error) {
        failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, worker));
  if (failures.length > 0) throw new Error(`the build failed in ${failures.length} file(s)\n${failures.join('\n')}`);
}

/**
 * Builds when needed.
 * @param {{root?: string, say?: (line: string) => void}} [options]
 * @returns {Promise<{folder: string, built: boolean}>} the complete build of the sources as they are now
 */
export async function ensureBuild({ root = REPOSITORY, say = () => undefined } = {}) {
  const builds = path.join(root, '.build');
  const { files, name } = readSources(root);
  const folder = path.join(builds, name);
  if (touch(folder)) return { folder, built: false };

  say(`building ${files.size} files …`);
  const started = performance.now();
  const temp = path.join(builds, `.tmp-${process.pid}-${randomBytes(4).toString('hex')}`);
  mkdirSync(temp, { recursive: true });
  try {
    await compile(files, temp);
    writeFileSync(path.join(temp, 'package.json'), scopeOf(files.get('package.json')));
    publish(temp, folder);
  } finally {
    rmSync(temp, { recursive: true, force: true });
  }
  prune(builds, name);
  say(`built in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  return { folder, built: true };
}

/** Marks a build as the newest. False when it is not there. */
function touch(folder) {
  try {
    const now = new Date();
    utimesSync(folder, now, now);
    return true;
  } catch (error) {
    if (error?.code === 'ENOENT') return false;
    throw error;
  }
}

/** The rename is what makes a build exist. When another launch came first its build is the same, byte for byte. */
function publish(temp, folder) {
  try {
    renameSync(temp, folder);
  } catch (error) {
    if (!['EEXIST', 'ENOTEMPTY', 'EPERM'].includes(error?.code) || !existsSync(folder)) throw error;
  }
}

/**
 * Says that this process runs from a build, so that no other launch prunes it, and takes the word back when the process ends.
 * After a kill the mark stays; it counts for nothing once no process has its id.
 */
export function markInUse(folder) {
  const marks = path.join(path.dirname(folder), '.in-use');
  mkdirSync(marks, { recursive: true });
  const mark = path.join(marks, `${path.basename(folder)}.${process.pid}`);
  writeFileSync(mark, '');
  process.once('exit', () => rmSync(mark, { force: true }));
}

function buildsInUse(builds) {
  const marks = path.join(builds, '.in-use');
  const used = new Set();
  for (const mark of existsSync(marks) ? readdirSync(marks) : []) {
    const [name = '', pid = ''] = mark.split('.');
    if (isAlive(Number(pid))) used.add(name);
    else rmSync(path.join(marks, mark), { force: true });
  }
  return used;
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error?.code === 'EPERM';
  }
}

/** Removes what is neither current, nor among the newest, nor in use, and what builds that were killed left behind. */
function prune(builds, current) {
  const used = buildsInUse(builds);
  const entries = readdirSync(builds);
  const byAge = entries
    .filter((name) => BUILD_NAME.test(name))
    .map((name) => ({ name, at: modifiedAt(path.join(builds, name)) }))
    .sort((a, b) => b.at - a.at);
  const old = byAge
    .slice(BUILDS_KEPT_MAX)
    .map(({ name }) => name)
    .filter((name) => name !== current && !used.has(name));
  for (const name of old) {
    // Renamed first: what another launch finds under a build's name is always whole.
    const doomed = path.join(builds, `.tmp-${process.pid}-${randomBytes(4).toString('hex')}`);
    try {
      renameSync(path.join(builds, name), doomed);
      rmSync(doomed, { recursive: true, force: true });
    } catch (error) {
      if (error?.code !== 'ENOENT') throw error; // Another launch pruned it at the same moment.
    }
  }
  for (const name of entries) {
    const pid = TEMP_NAME.exec(name)?.[1];
    if (pid !== undefined && Number(pid) !== process.pid && !isAlive(Number(pid)))
      rmSync(path.join(builds, name), { recursive: true, force: true });
  }
}

function modifiedAt(folder) {
  return statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    const root = process.argv[2] === '--root' && process.argv[3] !== undefined ? path.resolve(process.argv[3]) : REPOSITORY;
    const { folder } = await ensureBuild({ root, say: (line) => process.stderr.write(`${line}\n`) });
    process.stdout.write(`${folder}\n`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
