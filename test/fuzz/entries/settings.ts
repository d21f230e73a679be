import { parse, YAMLParseError } from 'yaml';
import { parseOidcRoles } from '#access';
import { parseBankProfile } from '#connector-sdk';
import { parsePolicy } from '#orders';
import { readWitnessConfig } from '../../../apps/audit-ledger/src/witness-config.js';
import { parseTopics } from '../../../libs/messaging/kafka/topics.js';
import { fuzzed, REFUSED } from '../fuzzed-parser.js';
import { file, files } from '../places.js';
import { atFile } from './at-file.js';
import { POLICY_VKEY } from './merkle.js';
import { bytes, code, utf8 } from './refusals.js';

const PIECES = [
  ':',
  ': ',
  '- ',
  '\n',
  '\n  ',
  '\t',
  '#',
  '&a ',
  '*a',
  '<<: *a\n',
  '!!binary ',
  '!!set ',
  '---\n',
  '{',
  '}',
  '[',
  ']',
  '"',
  "'",
  '|\n',
  'null',
  'true',
  '.inf',
  '.nan',
  '0x10',
  '2026-02-30',
  '__proto__: 1\n',
  '{toString: 1}',
  '? ',
];

const wrongSettings = code('invalid', 'invalid-configuration', 'shape-wrong');

/**
 * A file of settings that is no YAML stops the start with the words of the YAML reader, which name the line; an anchor that is not there or
 * stands for too much is its ReferenceError.
 */
function refuses(error: unknown): boolean {
  return error instanceof YAMLParseError || wrongSettings(error) || (error instanceof ReferenceError && /alias/i.test(error.message));
}

function settings<T>(name: string, samples: () => readonly Buffer[], read: (content: unknown) => T) {
  return fuzzed({
    name,
    samples,
    pieces: PIECES,
    read: (input) => {
      const content = yamlIn(utf8(input));
      return content === REFUSED ? REFUSED : read(content);
    },
    refuses,
  });
}

/** The YAML reader goes down with what it reads: thousands of levels stop the start by the engine's word. Only its own descent is forgiven. */
function yamlIn(text: string): unknown {
  try {
    return parse(text, { logLevel: 'error' }) as unknown;
  } catch (error) {
    if (error instanceof RangeError && /call stack/.test(error.message)) return REFUSED;
    throw error;
  }
}

/** Files that an installation is set up by. Their authors are trusted, their typing is not. */
export const SETTINGS = [
  settings('policy-yaml', () => [file('deploy/policy.yaml')], parsePolicy),
  settings('bank-profile-yaml', () => files('deploy/banks', /\.yaml$/), parseBankProfile),
  settings('oidc-roles-yaml', () => [file('deploy/oidc-roles.yaml')], parseOidcRoles),
  settings(
    'topics-yaml',
    () => [file('deploy/topics.yaml')],
    (content) => parseTopics(content, ['hubeibank', 'wrcb']),
  ),
  fuzzed({
    name: 'witness-config',
    samples: () => [bytes(JSON.stringify({ name: 'witness.example/1', dataDir: 'data', port: 1, prefix: '/w', logs: [POLICY_VKEY] }))],
    pieces: ['{', '}', '[', ']', ',', ':', '"', '{"toString":1}', 'null', '"logs"', '-1', '65536', '/', '..'],
    read: async (input) => {
      const { logs, ...rest } = await atFile(input, readWitnessConfig);
      return { ...rest, logs: logs.map(({ vkey }) => vkey) };
    },
    refuses: code('invalid-configuration'),
    write: (config) => bytes(JSON.stringify(config)),
  }),
];
