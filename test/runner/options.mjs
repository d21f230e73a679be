import { RUN_ORDER } from './tiers.mjs';

export const USAGE = `usage: npm test [-- [--embedded-only] [--tier ${RUN_ORDER.join('|')}] [-t <name of a test>] [--root <folder>] [path pattern …]]`;

/**
 * @param {readonly string[]} args
 * @returns {{patterns: RegExp[], tiers: string[], testName?: string, root?: string, embeddedOnly: boolean} | {wrong: string}}
 */
export function parseOptions(args) {
  const options = { patterns: [], tiers: [], testName: undefined, root: undefined, embeddedOnly: false };
  const left = [...args];
  while (left.length > 0) {
    const arg = left.shift();
    if (arg === '--embedded-only') options.embeddedOnly = true;
    else if (['--tier', '-t', '--root'].includes(arg)) {
      const value = left.shift();
      if (value === undefined) return { wrong: `${arg} needs a value` };
      if (arg === '--tier' && !RUN_ORDER.includes(value)) return { wrong: `there is no tier "${value}"` };
      if (arg === '--tier') options.tiers.push(value);
      else options[arg === '-t' ? 'testName' : 'root'] = value;
    } else if (arg.startsWith('-')) return { wrong: `unknown option ${arg}` };
    else {
      try {
        options.patterns.push(new RegExp(arg));
      } catch (error) {
        return { wrong: `${arg}: ${error.message}` };
      }
    }
  }
  return options;
}
