import { existsSync } from 'node:fs';
import { cruise, type ICruiseResult, type IModule } from 'dependency-cruiser';
import { DOORS } from './doors.js';
import { unitCycles } from './units.js';
import { checkTexts } from './texts.js';
import { listFiles } from './files.js';
import { checkLock } from './lock.js';
import { checkUnits } from './unit-papers.js';
import type { Violation } from './violation.js';

export interface Inspection {
  readonly files: number;
  readonly violations: readonly Violation[];
  /** What is not wrong yet but grows: long files. */
  readonly warnings: readonly Violation[];
}

const ROOTS = ['apps', 'libs', 'deploy', 'test'];

/**
 * Checks a tree that is laid out like this repository.
 * @param root absolute path; its `package.json` gives the names of the libs and the packages that may be imported
 */
export async function inspect(root: string): Promise<Inspection> {
  const files = listFiles(root, ROOTS);
  const modules = await importsOf(root);
  const texts = checkTexts(root, files);
  const violations = [
    ...modules.violations,
    ...unitCycles(modules.list),
    ...checkUnits(root, files),
    ...checkLock(root),
    ...texts.violations,
  ];
  return { files: files.length, violations: violations.sort(byPlace), warnings: texts.warnings };
}

async function importsOf(root: string): Promise<{ list: readonly IModule[]; violations: Violation[] }> {
  const { output } = await cruise(
    ROOTS.filter((folder) => existsSync(`${root}/${folder}`)),
    {
      baseDir: root,
      validate: true,
      ruleSet: { forbidden: [...DOORS] },
      doNotFollow: { path: 'node_modules' },
      exclude: { path: '(^|/)fixtures/' },
      tsPreCompilationDeps: true,
    },
    // As Node resolves an ECMAScript module.
    { exportsFields: ['exports'], conditionNames: ['import', 'node', 'types', 'default'] },
  );
  if (typeof output === 'string') throw new Error(`the imports could not be read: ${output}`);
  const result: ICruiseResult = output;
  const violations = result.summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, at: from, detail: `imports ${to}` }));
  return { list: result.modules, violations };
}

function byPlace(a: Violation, b: Violation): number {
  return `${a.at} ${a.rule}` < `${b.at} ${b.rule}` ? -1 : 1;
}
