#!/usr/bin/env node
/**
 * Makes the skeleton of a new dialect and lists it where tools look for units:
 *
 *   node deploy/local/new-connector.mjs <dialect> [--delivery push|pull|file|desk]
 *
 * Nothing that is there is written over; a second call with the same name is refused.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { skeletonOf } from './new-connector/templates.mjs';

const USAGE = 'usage: npm run new-connector -- <dialect> [--delivery push|pull|file|desk] [--root <repository>]';
const USAGE_EXIT_CODE = 2;
const DIALECT = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const DIALECT_CHARS_MAX = 32;
const DELIVERIES = ['push', 'pull', 'file', 'desk'];

/** @returns {{dialect: string, delivery: string, root: string} | string} */
function readArguments([dialect, ...rest]) {
  const options = { '--delivery': 'push', '--root': process.cwd() };
  for (let at = 0; at < rest.length; at += 2) {
    if (!(rest[at] in options) || rest[at + 1] === undefined) return `${rest[at]} is no option, or lacks its value`;
    options[rest[at]] = rest[at + 1];
  }
  if (dialect === undefined || !DIALECT.test(dialect) || dialect.length > DIALECT_CHARS_MAX) return 'a dialect is named like realtime-json';
  if (!DELIVERIES.includes(options['--delivery'])) return `--delivery is one of ${DELIVERIES.join(', ')}`;
  return { dialect, delivery: options['--delivery'], root: path.resolve(options['--root']) };
}

function classNameOf(dialect) {
  return dialect.replace(/(^|-)([a-z0-9])/g, (_, __, letter) => letter.toUpperCase());
}

/** Changes a JSON file and keeps its form. */
function change(file, edit) {
  const content = JSON.parse(readFileSync(file, 'utf8'));
  edit(content);
  writeFileSync(file, `${JSON.stringify(content, undefined, 2)}\n`);
}

function make({ dialect, delivery, root }) {
  const unit = `libs/connectors/${dialect}`;
  const folder = path.join(root, unit);
  if (existsSync(folder)) return `${unit} is there already`;
  mkdirSync(folder, { recursive: true });
  const files = skeletonOf({ dialect, className: classNameOf(dialect), delivery });
  for (const [name, content] of Object.entries(files)) writeFileSync(path.join(folder, name), content);
  change(path.join(root, 'package.json'), (content) => {
    content.imports[`#connectors/${dialect}`] = `./${unit}/index.ts`;
  });
  change(path.join(root, 'nest-cli.json'), (content) => {
    const like = content.projects['connectors/realtime-json'] ?? {};
    const compilerOptions = like.compilerOptions ? { compilerOptions: like.compilerOptions } : {};
    content.projects[`connectors/${dialect}`] = { type: 'library', root: unit, entryFile: 'index', sourceRoot: unit, ...compilerOptions };
  });
  const say = (line) => process.stdout.write(`${line}\n`);
  say(`${unit} is made and listed in package.json and nest-cli.json. Next:`);
  say(`  docs/dialects/${dialect}.md               the specification, with samples that are valid`);
  say('  libs/bank-directory/bank-directory.ts     its manifest');
  say('  apps/bank-connector/src/open-bank.ts      how it is opened');
  say('  deploy/banks/<bank>.yaml                  a bank that speaks it');
  say('  npm run -s conformance -- --bank <bank>   until nothing fails');
  return undefined;
}

const given = readArguments(process.argv.slice(2));
const fault = typeof given === 'string' ? `${given}\n${USAGE}` : make(given);
if (fault !== undefined) {
  process.stderr.write(`${fault}\n`);
  process.exitCode = USAGE_EXIT_CODE;
}
