import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AppError, errorText } from '#kernel';
import { isKeyUri, parseKeyUri } from '../index.js';

describe('the address of a key in a token', () => {
  it.each([
    ['pkcs11:token=court;object=court-1', { token: 'court', object: 'court-1' }],
    ['pkcs11:object=court-1;type=private;token=High%20Court', { token: 'High Court', object: 'court-1' }],
    ['pkcs11:token=%E6%B3%95%E9%99%A2;object=a;serial=0f;id=%01%ff', { token: '法院', object: 'a', serial: '0f', id: '01ff' }],
    ['pkcs11:token=t;object=k?pin-source=file:/run/pin', { token: 't', object: 'k', pinFile: '/run/pin' }],
    ['pkcs11:token=t;object=k?pin-source=file:///run/pin', { token: 't', object: 'k', pinFile: '/run/pin' }],
    ['pkcs11:token=t;object=k?pin-source=/run/pin', { token: 't', object: 'k', pinFile: '/run/pin' }],
  ])('%s', (text, uri) => {
    expect(isKeyUri(text)).toBe(true);
    expect(parseKeyUri(text)).toEqual(uri);
  });

  it.each([
    ['keys/court.pem', /begins with pkcs11:/],
    ['pkcs11:object=k', /names a token/],
    ['pkcs11:token=t', /names an object/],
    ['pkcs11:token=t;object=a%20b', /names an object/],
    ['pkcs11:token=t;object=k;type=public', /private key/],
    ['pkcs11:token=t;object=k;slot-id=0', /no attributes but/],
    ['pkcs11:token=t;token=u;object=k', /names token once/],
    ['pkcs11:token=t;object=k?pin-value=1234', /no attributes but/],
    ['pkcs11:token=t;object=k?module-path=/usr/lib/x.so', /no attributes but/],
    ['pkcs11:token=t;object=k?pin-source=pin', /absolute path/],
    ['pkcs11:token=t;object=k?pin-source=/a?pin-source=/b', /one question mark/],
    ['pkcs11:token=t;object=k;', /no attributes but/],
    [`pkcs11:token=${'t'.repeat(33)};object=k`, /1 to 32 bytes/],
    [`pkcs11:token=t;object=${'k'.repeat(600)}`, /500 characters/],
  ])('refuses %s', (text, why) => {
    expect(() => parseKeyUri(text)).toThrow(why);
  });

  it('never repeats what it was given, which may hold a PIN', () => {
    const refusal = (): string => {
      try {
        return parseKeyUri('pkcs11:token=t;object=k?pin-value=8642').object;
      } catch (error) {
        return errorText(error);
      }
    };
    expect(refusal()).not.toMatch(/8642/);
    expect(refusal()).toMatch(/no attributes but/);
  });

  it('answers any text with an address or a refusal', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        try {
          parseKeyUri(`pkcs11:${text}`);
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      }),
    );
  });
});
