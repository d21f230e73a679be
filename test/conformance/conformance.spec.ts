import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { tempDir } from '#testing';
import { runKit } from './kit-run.js';

const CASES_MIN = 60;
const TEST_MS_MAX = 150_000;

/**
 * One run of each bank in which some of its cases are broken: exactly these fail, and all others pass; then these alone, unbroken, pass
 * too. `--break-all` breaks every case of a bank and is run by hand, or by a build that has the time.
 */
const BANKS = [
  {
    bank: 'hubeibank',
    broken: ['freeze-partly-covered', 'repeated-deduct', 'certificate-expired', 'unknown-status', 'day-statement-difference'],
  },
  { bank: 'hankoubank', broken: ['inquiry-nothing-found', 'repeated-freeze', 'papers-without-ruling', 'characters-of-an-authority'] },
  { bank: 'hbrcu', broken: ['inquiry-at-each-legal-person', 'release-above-the-limit', 'signature-forged-freeze', 'rollback-0404'] },
  { bank: 'wrcb', broken: ['deduct-above-coverage', 'repeated-with-another-sum', 'desk-two-persons', 'limit-thirty-lines'] },
];

describe.each(BANKS)('$bank', ({ bank, broken }) => {
  it(
    `fails exactly ${broken.join(', ')} when these are broken, says so in its reports, and passes them unbroken`,
    async () => {
      const folder = await tempDir('conformance');
      const breaks = broken.flatMap((name) => ['--break', name]);
      const only = broken.flatMap((name) => ['--only', name]);
      const [wrong, right] = await Promise.all([
        runKit('--bank', bank, ...breaks, '--report', folder.path),
        runKit('--bank', bank, ...only),
      ]);
      const expected = [...broken].sort();
      expect({ failed: wrong.failed, code: wrong.code }).toEqual({ failed: expected, code: 1 });
      expect(wrong.passed.length).toBeGreaterThanOrEqual(CASES_MIN);
      expect(wrong.lastLine).toBe(`${wrong.passed.length} passed, ${broken.length} failed`);
      expect(wrong.output).toMatch(/^ok {4}freeze-covered \[R18\] /m);
      const junit = await readFile(join(folder.path, 'junit.xml'), 'utf8');
      expect(junit).toContain(`tests="${wrong.passed.length + broken.length}" failures="${broken.length}"`);
      expect(await readFile(join(folder.path, 'conformance.html'), 'utf8')).toContain(`${bank} 联调符合性报告`);
      expect({ failed: right.failed, code: right.code }).toEqual({ failed: [], code: 0 });
      expect(right.passed).toEqual(expect.arrayContaining(expected));
      await folder.remove();
    },
    TEST_MS_MAX,
  );
});

const REGISTER = 'docs/dialects/samples/iso20022-inquiry/isobank.yaml';
const REGISTER_BROKEN = [
  'inquiry-nothing-found',
  'register-request-wrapped-in-the-soap-header',
  'register-asked-again',
  'register-certificate-expired',
  'register-wrapped-inside',
  'register-status-unknown',
  'register-part',
];

describe('a register that is asked by ISO 20022', () => {
  it(
    `passes, and fails exactly ${REGISTER_BROKEN.join(', ')} when these are broken`,
    async () => {
      const { passed, failed, code } = await runKit('--bank', REGISTER, ...REGISTER_BROKEN.flatMap((name) => ['--break', name]));
      expect({ failed, code }).toEqual({ failed: [...REGISTER_BROKEN].sort(), code: 1 });
      expect(passed.length).toBeGreaterThanOrEqual(CASES_MIN);
      const right = await runKit('--bank', REGISTER, ...REGISTER_BROKEN.flatMap((name) => ['--only', name]));
      expect({ failed: right.failed, code: right.code }).toEqual({ failed: [], code: 0 });
      expect(right.passed).toEqual(expect.arrayContaining([...REGISTER_BROKEN].sort()));
    },
    TEST_MS_MAX,
  );
});

/** Banks that have agreed on SM2 with SM3: their profiles differ from the others' in one line. */
const SM2_BANKS = ['hubeibank', 'hankoubank', 'hbrcu'];
const SM2_CASES = ['--only', 'signature', '--only', 'deduct', '--only', 'certificate', '--only', 'day-statement'];

describe.each(SM2_BANKS)('%s by SM2', (bank) => {
  it(
    'passes the cases of signatures, of money that moves and of what it states of its days',
    async () => {
      const folder = await tempDir('conformance');
      const { signingKeys: _, ...profile } = parse(await readFile(join('deploy', 'banks', `${bank}.yaml`), 'utf8')) as Record<
        string,
        unknown
      >;
      const file = join(folder.path, `${bank}.yaml`);
      await writeFile(file, stringify({ ...profile, signatures: 'sm2-sm3' }));
      const run = await runKit('--bank', file, ...SM2_CASES);
      expect({ failed: run.failed, code: run.code }).toEqual({ failed: [], code: 0 });
      expect(run.passed).toEqual(expect.arrayContaining(['signature-forged-freeze', 'repeated-deduct']));
      await folder.remove();
    },
    TEST_MS_MAX,
  );
});

/** Profiles that differ from the others' by one code of the bank's own. */
describe.each(['hubeibank', 'hankoubank', 'hbrcu'])('%s with a code of its own', (bank) => {
  it(
    'is understood by its profile, and fails when it says a code that is in no table',
    async () => {
      const folder = await tempDir('conformance');
      const profile = parse(await readFile(join('deploy', 'banks', `${bank}.yaml`), 'utf8')) as Record<string, unknown>;
      const file = join(folder.path, `${bank}.yaml`);
      await writeFile(file, stringify({ ...profile, codes: { status: [{ bank: 'Z1', house: 'executed' }] } }));
      const only = ['--bank', file, '--only', 'own-code', '--only', 'unknown-status'];
      const [right, wrong] = await Promise.all([runKit(...only), runKit(...only, '--break', 'own-code-of-a-status')]);
      expect({ failed: right.failed, code: right.code }).toEqual({ failed: [], code: 0 });
      expect(right.passed).toEqual(expect.arrayContaining(['own-code-of-a-status', 'unknown-status']));
      expect(wrong.failed).toEqual(['own-code-of-a-status']);
      await folder.remove();
    },
    TEST_MS_MAX,
  );
});

describe('hubeibank with bodies in envelopes of SM4', () => {
  it(
    'passes the cases of signatures, of call-backs and of money that moves',
    async () => {
      const folder = await tempDir('conformance');
      const profile = parse(await readFile(join('deploy', 'banks', 'hubeibank.yaml'), 'utf8')) as Record<string, unknown>;
      const file = join(folder.path, 'hubeibank.yaml');
      await writeFile(file, stringify({ ...profile, payload: 'sm4' }));
      const run = await runKit('--bank', file, ...SM2_CASES, '--only', 'late', '--only', 'garbled', '--only', 'day-statement');
      expect({ failed: run.failed, code: run.code }).toEqual({ failed: [], code: 0 });
      expect(run.passed).toEqual(expect.arrayContaining(['signature-forged-freeze', 'repeated-deduct']));
      await folder.remove();
    },
    TEST_MS_MAX,
  );
});

describe('the command line', () => {
  it(
    'refuses wrong usage with exit code 2',
    async () => {
      const wrong = [
        ['--bank', 'nobank'],
        ['--bank', 'hubeibank', '--break', 'no-such-case'],
      ];
      const runs = await Promise.all(wrong.map((args) => runKit(...args)));
      expect(runs.map(({ code }) => code)).toEqual([2, 2]);
    },
    TEST_MS_MAX,
  );

  it('lists the cases with their rules', async () => {
    const { code, output } = await runKit('--bank', 'hankoubank', '--list');
    expect(code).toBe(0);
    expect(output.trimEnd().split('\n').length).toBeGreaterThanOrEqual(CASES_MIN);
    expect(output).toMatch(/^repeated-freeze \[I5\] /m);
  });

  it('prints the fixture that a bank loads', async () => {
    const { output } = await runKit('--bank', 'hbrcu', '--fixture', '--foreign', '--keys', 'unused');
    const customers = JSON.parse(output) as { idNumber: string; accounts: { number: string; legalPerson: string }[] }[];
    expect(customers.every(({ idNumber }) => /^4201061900\d{8}$/.test(idNumber))).toBe(true);
    const numbers = customers.flatMap(({ accounts }) => accounts.map(({ number }) => number));
    expect(new Set(numbers).size).toBe(numbers.length);
  });
});
