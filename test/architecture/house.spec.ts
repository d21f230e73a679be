import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { repository, withTempDir } from '#testing';
import { DOORS } from './doors.js';
import { inspect } from './house.js';
import { FILE_LINES_MAX } from './texts.js';

const FIXTURE = path.join(repository, 'test', 'architecture', 'fixtures', 'violations');
const lines = (inspection: Awaited<ReturnType<typeof inspect>>) => inspection.violations.map(({ rule, at }) => `${rule} ${at}`);

/** Every violation that the fixture holds on purpose, and nothing else: what is allowed there must stay silent. */
const EXPECTED = [
  'app-imported apps/court-gateway/src/imports-app.ts',
  'app-imported libs/trust/imports-app.ts',
  'app-imported test/scenarios/enters-app.ts',
  'bank-protocol libs/trust/uses-bank-protocol.ts',
  'connector-imports-connector libs/connectors/file-zip/index.ts',
  'database-driver libs/trust/uses-driver.ts',
  'database-driver libs/trust/uses-other-driver.ts',
  'dev-package-in-production libs/trust/uses-dev-package.ts',
  'environment-in-config apps/court-gateway/src/imports-environment.ts',
  'environment-in-config apps/court-gateway/src/reads-environment.ts',
  'folder-name apps/court-gateway/src/core',
  'folder-name libs/trust/utils',
  'kafka-client libs/trust/uses-broker.ts',
  'kernel-is-pure libs/kernel/uses-framework.ts',
  'lib-index apps/bank-connector/src/enters-connector.ts',
  'lib-index apps/court-gateway/src/enters-lib.ts',
  'lib-index libs/connectors/file-zip/enters-lib.ts',
  'lib-index libs/trust/enters-lib.ts',
  'lib-index test/scenarios/enters-app.ts',
  'lock-complete package-lock.json',
  'merkle-is-pure libs/merkle/uses-orders.ts',
  'money-is-integer apps/court-gateway/migrations/0001-cases/up.ts',
  'money-is-integer apps/court-gateway/migrations/0003-cases/up.sql',
  'money-is-integer libs/persistence/maps-float.ts',
  'no-synchronize libs/persistence/synchronizes.ts',
  'orders-is-pure libs/orders/reads-files.ts',
  'orders-is-pure libs/orders/uses-database.ts',
  'simulator-stands-apart apps/bank-simulator/src/uses-connector.ts',
  'simulator-stands-apart apps/bank-simulator/src/uses-rules.ts',
  'testing-in-production libs/trust/uses-harness.ts',
  'undeclared-package libs/trust/uses-undeclared-package.ts',
  'unit-circle libs/access',
  'unit-listed libs/unlisted',
  'unresolved libs/trust/leads-nowhere.ts',
  'verifier-stands-alone apps/ledger-verifier/src/uses-lib.spec.ts',
  'verifier-stands-alone apps/ledger-verifier/src/uses-lib.ts',
];

describe('the rules of the house', () => {
  it('hold in this repository', async () => {
    const { files, violations } = await inspect(repository);
    expect(violations.map(({ rule, at, detail }) => `${rule}: ${at} ${detail}`)).toEqual([]);
    expect(files).toBeGreaterThan(50);
  });

  it('report each deliberate violation of the fixture, and only those', async () => {
    const inspection = await inspect(FIXTURE);
    const reported = lines(inspection).filter((line) => !line.startsWith('unit-papers '));
    expect([...new Set(reported)].sort()).toEqual(EXPECTED);
  });

  it('report units without their papers', async () => {
    const reported = lines(await inspect(FIXTURE));
    expect(reported).toContain('unit-papers libs/unlisted');
    expect(reported).not.toContain('unit-papers libs/persistence');
  });

  it('have a deliberate violation each', () => {
    const proven = new Set(EXPECTED.map((line) => line.split(' ')[0]));
    expect(DOORS.map(({ name }) => name).filter((name) => !proven.has(name))).toEqual([]);
  });

  it('name the package that the lock file leaves out, and no other', async () => {
    const { violations } = await inspect(FIXTURE);
    const details = violations.filter(({ rule }) => rule === 'lock-complete').map(({ detail }) => detail);
    expect(details).toEqual(['node_modules/there needs for-another-platform, which is not locked']);
  });

  it('name the whole circle', async () => {
    const { violations } = await inspect(FIXTURE);
    const circle = violations.find(({ rule }) => rule === 'unit-circle');
    expect(circle?.detail).toBe('libs/access → libs/privacy → libs/access (by libs/access/index.ts, libs/privacy/index.ts)');
  });

  it('warn of a file that grew too long, and not of one at the limit', async () => {
    await withTempDir(async (root) => {
      await mkdir(path.join(root, 'libs', 'long'), { recursive: true });
      await writeFile(path.join(root, 'libs', 'long', 'limit.ts'), '// line\n'.repeat(FILE_LINES_MAX));
      await writeFile(path.join(root, 'libs', 'long', 'over.ts'), '// line\n'.repeat(FILE_LINES_MAX + 1));
      await writeFile(path.join(root, 'package.json'), '{"type":"module"}');
      const { warnings } = await inspect(root);
      expect(warnings.map(({ rule, at }) => `${rule} ${at}`)).toEqual(['file-length libs/long/over.ts']);
    });
  });
});
