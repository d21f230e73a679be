import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Violation } from './violation.js';

/** A file beyond this is asked to be split. */
export const FILE_LINES_MAX = 350;

const FORBIDDEN_FOLDERS = /^(common|shared|core|utils?|helpers?)$/;
/** The bank's core system is what the simulator simulates: the trade's word, not a drawer for odds and ends. */
const ALLOWED_FOLDERS = new Set(['apps/bank-simulator/src/core']);

interface TextRule {
  readonly rule: string;
  readonly pattern: RegExp;
  readonly detail: string;
  readonly appliesTo: (file: string) => boolean;
}

const isSpec = (file: string) => file.endsWith('.spec.ts');
const isMigration = (file: string) => /(^|\/)migrations\//.test(file) && /\.(ts|sql)$/.test(file);
const isUnitCode = (file: string) => /^(apps|libs)\/.*\.ts$/.test(file) && !isSpec(file);

const RULES: readonly TextRule[] = [
  {
    rule: 'environment-in-config',
    pattern: /\bprocess\s*(\.|\?\.|\[['"`])\s*env\b|\bimport\s*\{[^}]*\benv\b[^}]*\}\s*from\s*['"](node:)?process['"]/,
    detail: 'reads the environment; only config.ts does',
    appliesTo: (file) => isUnitCode(file) && path.posix.basename(file) !== 'config.ts' && !file.startsWith('libs/testing/'),
  },
  {
    rule: 'money-is-integer',
    pattern: /\b(DECIMAL|NUMERIC|FLOAT|DOUBLE|REAL)\b/i,
    detail: 'has a column type that rounds; money is an integer of the minor unit',
    appliesTo: isMigration,
  },
  {
    rule: 'money-is-integer',
    pattern: /\btype\s*:\s*['"`](decimal|dec|numeric|float|double|double precision|real)['"`]/i,
    detail: 'maps a column type that rounds; money is an integer of the minor unit',
    appliesTo: isUnitCode,
  },
  {
    rule: 'no-synchronize',
    pattern: /\bsynchronize\s*:(?!\s*false\b)/,
    detail: 'lets the library change the schema; migrations do that',
    appliesTo: isUnitCode,
  },
];

/** Rules that are about names and text rather than imports. */
export function checkTexts(root: string, files: readonly string[]): { violations: Violation[]; warnings: Violation[] } {
  const violations = folderNames(files);
  const warnings: Violation[] = [];
  for (const file of files) {
    if (!/\.(ts|sql|mjs)$/.test(file)) continue;
    const text = readFileSync(path.join(root, file), 'utf8');
    const lines = text.split('\n').length - 1;
    if (lines > FILE_LINES_MAX) {
      warnings.push({ rule: 'file-length', at: file, detail: `has ${lines} lines; ${FILE_LINES_MAX} is where it should be split` });
    }
    const code = withoutComments(text);
    for (const { rule, pattern, detail, appliesTo } of RULES) {
      if (appliesTo(file) && pattern.test(code)) violations.push({ rule, at: file, detail });
    }
  }
  return { violations, warnings };
}

function folderNames(files: readonly string[]): Violation[] {
  const folders = new Set<string>();
  for (const file of files) {
    for (let folder = path.posix.dirname(file); folder !== '.'; folder = path.posix.dirname(folder)) folders.add(folder);
  }
  return [...folders]
    .filter((folder) => FORBIDDEN_FOLDERS.test(path.posix.basename(folder)) && !ALLOWED_FOLDERS.has(folder))
    .map((folder) => ({ rule: 'folder-name', at: folder, detail: 'is a name for anything; name it after what it holds' }));
}

/** Comments may speak of what code may not do. Texts in quotes stay: a column type stands in one. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[^]*?\*\//g, '').replace(/(^|\s)(\/\/|-- ).*$/gm, '$1');
}
