import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InstalledBank } from '#bank-directory';
import { CASES, casesOf, fixtureOf, type PlacedCase } from '#connector-sdk';
import { AppError, errorText, instantText, SystemClock } from '#kernel';
import { chosenBank } from './chosen-bank.js';
import type { CaseResult } from './kit.js';
import { parseOptions, USAGE, type ConformanceOptions } from './options.js';
import { countLine, resultLine, writeReports } from './reports.js';
import { withBank } from './with-bank.js';

const USAGE_EXIT_CODE = 2;
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const complain = (line: string): void => void process.stderr.write(`${line}\n`);

/** What was asked for cannot be done as it was asked. */
class WrongUsage extends Error {}

async function run(options: ConformanceOptions): Promise<boolean> {
  if (options.bank === undefined) {
    for (const { name, rule, says } of CASES) say(`${name} [${rule}] ${says}`);
    return true;
  }
  const installed = await bankNamed(options.bank);
  const cases = chosenCases(installed, options);
  if (options.what === 'list') {
    for (const { test } of cases) say(`${test.name} [${test.rule}] ${test.says}`);
    return true;
  }
  if (options.what === 'fixture') {
    say(JSON.stringify(fixtureOf(cases, installed.profile), undefined, 2));
    return true;
  }
  return tryBank(installed, cases, options);
}

async function bankNamed(named: string): Promise<InstalledBank> {
  try {
    const installed = await chosenBank(named);
    if (installed) return installed;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new WrongUsage(error.message);
  }
  throw new WrongUsage(`there is no profile ${named}`);
}

/** @throws WrongUsage when a name is no case of this bank */
function chosenCases({ profile, manifest }: InstalledBank, { foreign, only, broken }: ConformanceOptions): readonly PlacedCase[] {
  if (foreign && manifest.delivery === 'desk') {
    throw new WrongUsage('the clerks of a manual desk cannot be driven; the desk itself is tried without --foreign');
  }
  const all = casesOf(profile, manifest, foreign === undefined);
  const unknown = broken.find((name) => !all.some(({ test }) => test.name === name));
  if (unknown !== undefined) throw new WrongUsage(`${unknown} is no case of ${profile.bank}; --list names them`);
  const chosen = all.filter(({ test }) => only.length === 0 || only.some((part) => test.name.includes(part)));
  if (chosen.length === 0) throw new WrongUsage(`no case of ${profile.bank} is named like ${only.join(' or ')}`);
  return chosen;
}

async function tryBank(installed: InstalledBank, cases: readonly PlacedCase[], options: ConformanceOptions): Promise<boolean> {
  const breaksAll = options.what === 'break-all';
  const broken = new Set(breaksAll ? cases.map(({ test }) => test.name) : options.broken);
  const dataDir = options.foreign?.keys ?? (await mkdtemp(join(tmpdir(), 'chakong-conformance-')));
  let results: readonly CaseResult[] = [];
  try {
    results = await withBank({ installed, dataDir, options, cases, broken, say, complain, onResult: (result) => say(resultLine(result)) });
  } finally {
    if (!options.foreign) await rm(dataDir, { recursive: true, force: true });
  }
  const { bank, dialect } = installed.profile;
  if (options.report !== undefined)
    await writeReports(options.report, { bank, dialect, at: instantText(new SystemClock().now()) }, results);
  say(countLine(results));
  return breaksAll ? results.every(({ fault }) => fault !== undefined) : results.every(({ fault }) => fault === undefined);
}

const options = parseOptions(process.argv.slice(2));
if (typeof options === 'string') {
  complain(`${options}\n${USAGE}`);
  process.exitCode = USAGE_EXIT_CODE;
} else {
  run(options).then(
    (isGood) => (process.exitCode = isGood ? 0 : 1),
    (error: unknown) => {
      complain(error instanceof WrongUsage ? `${error.message}\n${USAGE}` : `the run broke off: ${errorText(error)}`);
      process.exitCode = error instanceof WrongUsage ? USAGE_EXIT_CODE : 1;
    },
  );
}
