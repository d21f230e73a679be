import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Violation } from './violation.js';
import { unitOf } from './units.js';

const PAPERS = ['README.md', 'DECISIONS.md'];

/** Every unit has its two papers and is named where tools look for it, and nothing is named that is not there. */
export function checkUnits(root: string, files: readonly string[]): Violation[] {
  const units = [...new Set(files.filter((file) => file.endsWith('.ts')).map(unitOf))].filter((unit) => unit !== undefined);
  const violations: Violation[] = [];
  for (const unit of units) {
    for (const paper of PAPERS) {
      if (!existsSync(path.join(root, unit, paper))) violations.push({ rule: 'unit-papers', at: unit, detail: `has no ${paper}` });
    }
  }
  const projects = Object.values(readJson(root, 'nest-cli.json').projects ?? {}).map((project) => project.root);
  const names = Object.values(readJson(root, 'package.json').imports ?? {}).map((target) =>
    path.posix.dirname(path.posix.normalize(target)),
  );
  for (const unit of units) {
    if (!projects.includes(unit)) violations.push({ rule: 'unit-listed', at: unit, detail: 'is not listed in nest-cli.json' });
    if (unit.startsWith('libs/') && !names.includes(unit)) {
      violations.push({ rule: 'unit-listed', at: unit, detail: 'has no name in the imports of package.json' });
    }
  }
  return violations;
}

interface ProjectList {
  readonly projects?: Readonly<Record<string, { readonly root: string }>>;
  readonly imports?: Readonly<Record<string, string>>;
}

function readJson(root: string, file: string): ProjectList {
  const full = path.join(root, file);
  return existsSync(full) ? (JSON.parse(readFileSync(full, 'utf8')) as ProjectList) : {};
}
