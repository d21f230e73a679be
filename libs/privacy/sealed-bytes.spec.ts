import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AppError, systemEntropy } from '#kernel';
import { DATA_KEY_BYTES, fieldAad, FieldCipher, SEAL_OVERHEAD_BYTES } from './index.js';

const cipher = new FieldCipher(systemEntropy);
const key = systemEntropy.bytes(DATA_KEY_BYTES);
const aad = fieldAad('party', 'name', 'p-1');

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return error instanceof AppError ? error.code : `not an AppError: ${String(error)}`;
  }
  return 'nothing thrown';
}

describe('sealed fields', () => {
  it('opens what it sealed, empty values too', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), fc.string(), (clear, place) =>
        cipher.openBytes(key, place, cipher.sealBytes(key, place, clear)).equals(clear),
      ),
    );
  });

  it('keeps the published layout: version, nonce, ciphertext, tag', () => {
    const nonce = Buffer.alloc(12, 7);
    const fixed = new FieldCipher({ bytes: () => nonce });
    const sealed = fixed.sealBytes(Buffer.alloc(32, 1), 'a|b|c', Buffer.from('陈建国'));
    expect(sealed.length).toBe(9 + SEAL_OVERHEAD_BYTES);
    expect(sealed[0]).toBe(1);
    expect(sealed.subarray(1, 13).equals(nonce)).toBe(true);
    // Made by another implementation (pyca/cryptography) from the same key, nonce, place and text: the format is AES-256-GCM and nothing else.
    expect(sealed.subarray(13).toString('hex')).toBe('646a6241b414543aa44f0e99c7f6a25ef8d3bb4f7d8927df8c');
  });

  it('refuses every single changed bit', () => {
    const sealed = cipher.sealText(key, aad, '420106198803121234');
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const changed = Buffer.from(sealed);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(codeOf(() => cipher.openBytes(key, aad, changed))).toBe('content-damaged');
    }
  });

  it('refuses every truncation and an extension', () => {
    const sealed = cipher.sealText(key, aad, 'x');
    for (let length = 0; length < sealed.length; length++) {
      expect(codeOf(() => cipher.openBytes(key, aad, sealed.subarray(0, length)))).toBe('content-damaged');
    }
    expect(codeOf(() => cipher.openBytes(key, aad, Buffer.concat([sealed, Buffer.from([0])])))).toBe('content-damaged');
  });

  it.each([
    ['another row', key, fieldAad('party', 'name', 'p-2')],
    ['another column', key, fieldAad('party', 'idNumber', 'p-1')],
    ['another table', key, fieldAad('officer', 'name', 'p-1')],
    ['another key', systemEntropy.bytes(DATA_KEY_BYTES), aad],
  ])('does not open under %s', (_what, otherKey, otherAad) => {
    const sealed = cipher.sealText(key, aad, 'x');
    expect(codeOf(() => cipher.openBytes(otherKey, otherAad, sealed))).toBe('content-damaged');
  });

  it('gives no two places the same name', () => {
    expect(codeOf(() => fieldAad('a|b', 'c', 'd'))).toBe('invariant-broken');
    expect(codeOf(() => fieldAad('a', 'b|c', 'd'))).toBe('invariant-broken');
    expect(fieldAad('a', 'b', 'c|d')).toBe('a|b|c|d');
  });

  it('never seals the same text to the same bytes', () => {
    const seen = new Set(Array.from({ length: 1_000 }, () => cipher.sealText(key, aad, 'same').toString('hex')));
    expect(seen.size).toBe(1_000);
  });

  it('seals JSON and refuses what has no JSON form', () => {
    const value = { name: '陈建国', accounts: ['6222', null], nested: { n: 1 } };
    expect(cipher.openJson(key, aad, cipher.sealJson(key, aad, value))).toEqual(value);
    expect(codeOf(() => cipher.sealJson(key, aad, undefined))).toBe('invariant-broken');
  });
});
