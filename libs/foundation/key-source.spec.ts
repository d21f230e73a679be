import { describe, expect, it } from '@jest/globals';
import { EnvironmentReader, readKeySource } from './index.js';

const KEY = 'pkcs11:token=court;object=court-1';
const base = { PKCS11_MODULE: '/usr/lib/vendor.so', PKCS11_PIN_FILE: '/run/pin', COURT_SIGNING_KEY: KEY };

function read(env: Readonly<Record<string, string>>): { readonly source: ReturnType<typeof readKeySource>; readonly faults: string } {
  const reader = new EnvironmentReader(env);
  return { source: readKeySource(reader), faults: reader.faults.join('; ') };
}

describe('which keys lie in a token', () => {
  it.each([
    ['none', {}, undefined],
    ['none, though a module is named', { PKCS11_MODULE: '/usr/lib/vendor.so' }, undefined],
    ['the court’s', base, { module: '/usr/lib/vendor.so', pinFile: '/run/pin', courtKey: { token: 'court', object: 'court-1' } }],
    [
      'both, each with a PIN of its own',
      {
        PKCS11_MODULE: '/m.so',
        COURT_SIGNING_KEY: `${KEY}?pin-source=file:/a`,
        LEDGER_SIGNING_KEY: 'pkcs11:token=l;object=k?pin-source=/b',
      },
      {
        module: '/m.so',
        courtKey: { token: 'court', object: 'court-1', pinFile: '/a' },
        ledgerKey: { token: 'l', object: 'k', pinFile: '/b' },
      },
    ],
  ])('%s', (_, env, source) => {
    expect(read(env)).toEqual({ source, faults: '' });
  });

  it.each([
    ['no module', { ...base, PKCS11_MODULE: '' }, /PKCS11_MODULE is the path/],
    ['no PIN', { ...base, PKCS11_PIN_FILE: '' }, /PKCS11_PIN_FILE, or a pin-source/],
    [
      'a file',
      { ...base, COURT_SIGNING_KEY: 'keys/court.pem' },
      /^COURT_SIGNING_KEY is a PKCS #11 address .* a key in a file needs no setting$/,
    ],
    ['no object', { ...base, LEDGER_SIGNING_KEY: 'pkcs11:token=t' }, /^LEDGER_SIGNING_KEY: .* names an object/],
  ])('is refused with %s', (_, env, fault) => {
    expect(read(env).faults).toMatch(fault);
  });
});
