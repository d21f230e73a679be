import { describe, expect, it } from '@jest/globals';
import { parseOptions } from './options.js';

const plain = { what: 'run', bank: 'hubeibank', report: undefined, broken: [], only: [], foreign: undefined, patienceMs: undefined };

describe('the options of the kit', () => {
  it.each([
    [['--bank', 'hubeibank'], plain],
    [['--list'], { ...plain, what: 'list', bank: undefined }],
    [['--bank', 'hubeibank', '--only', 'a', '--only', 'b'], { ...plain, only: ['a', 'b'] }],
    [['--bank', 'hubeibank', '--fixture'], { ...plain, what: 'fixture' }],
    [['--bank', 'hubeibank', '--break-all', '--patience', '5'], { ...plain, what: 'break-all', patienceMs: 5_000 }],
    [
      ['--bank', 'hubeibank', '--break', 'a-case', '--break', 'b-case', '--report', 'out'],
      { ...plain, broken: ['a-case', 'b-case'], report: 'out' },
    ],
    [
      ['--bank', 'hubeibank', '--endpoint', 'https://bank.example/court/', '--keys', 'k', '--port', '8443'],
      { ...plain, foreign: { endpoint: 'https://bank.example/court', keys: 'k', port: 8443 } },
    ],
    [['--bank', 'hubeibank', '--foreign', '--keys', 'k'], { ...plain, foreign: { endpoint: undefined, keys: 'k', port: 0 } }],
  ])('%j is read', (args, options) => expect(parseOptions(args)).toEqual(options));

  it.each([
    [[]],
    [['--bank']],
    [['--bank', '--list']],
    [['--bank', 'b', '--port', '8443']],
    [['--bank', 'b', '--foreign']],
    [['--bank', 'b', '--foreign', '--keys', 'k', '--break', 'a-case']],
    [['--bank', 'b', '--endpoint', 'ftp://x', '--keys', 'k']],
    [['--bank', 'b', '--foreign', '--keys', 'k', '--port', '99999']],
    [['--bank', 'b', '--patience', 'soon']],
    [['--bank', 'b', '--verbose', 'x']],
  ])('%j is refused', (args) => expect(parseOptions(args)).toEqual(expect.any(String)));
});
