import { describe, expect, it } from '@jest/globals';
import { parseOptions } from './options.js';

describe('the options of a bench', () => {
  it('have the embedded profile and ten seconds unless told otherwise', () => {
    expect(parseOptions(['--scenario', 'accept'])).toEqual({
      scenario: 'accept',
      profile: 'embedded',
      seconds: 10,
      keep: false,
      cpuProfile: undefined,
    });
    expect(parseOptions(['--scenario', 'bulk', '--profile', 'embedded', '--seconds', '3', '--keep', '--cpu-profile', 'x'])).toEqual({
      scenario: 'bulk',
      profile: 'embedded',
      seconds: 3,
      keep: true,
      cpuProfile: 'x',
    });
    expect(parseOptions(['--scenario', 'relay', '--profile', 'distributed'])).toMatchObject({ scenario: 'relay', profile: 'distributed' });
  });

  it.each([
    ['no scenario', [], '--scenario is one of'],
    ['an unknown scenario', ['--scenario', 'speed'], '--scenario is one of'],
    ['an unknown profile', ['--scenario', 'accept', '--profile', 'x'], '--profile is one of embedded, distributed'],
    ['no time', ['--scenario', 'accept', '--seconds', '0'], '--seconds is a whole number'],
    ['a part of a second', ['--scenario', 'accept', '--seconds', '1.5'], '--seconds is a whole number'],
    ['a value left out', ['--scenario'], 'lacks its value'],
    ['an unknown option', ['--fast'], 'is no option'],
  ])('refuse %s', (_name, args, line) => {
    expect(parseOptions(args)).toEqual({ refused: expect.stringContaining(line) });
  });
});
