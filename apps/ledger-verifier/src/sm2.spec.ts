import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { checkFurtherLines, parseFurtherKey, type FurtherKey } from './further-keys.js';
import { sm2Point, sm2Verifies } from './sm2.js';

// Made by OpenSSL 3.0: pkeyutl -sign -rawin -digest sm3 -pkeyopt distid:1234567812345678.
const TEXT = 'log.test/2026\n1\nAAAA\n';
const POINT = Buffer.from(
  '042c31750bee0de62a22fc95e59f0e69ef3a006baa7930665e924956265d710b2b8c103d97cf714f03c72608e8594f83b8894fc38318f409df2bf06840c2574d51',
  'hex',
);
const SIGNATURE = Buffer.from(
  '4554640fd6a5c3b637c2edea5ed697cbef6b97547e872804d20ae9a0eefabb18a754cf06c9f98e3569e6c29ae0aa8750e3dc69cf6daa11c0b1ee680c8c2939db',
  'hex',
);
const ORDER = Buffer.from('fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123', 'hex');

function flipped(bytes: Buffer, bit: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt8(copy.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
  return copy;
}

describe('SM2', () => {
  const point = sm2Point(POINT);
  if (!point) throw new Error('the point of the vector is one');
  const verifies = (text: string, signature: Uint8Array): boolean => sm2Verifies(Buffer.from(text), signature, point);

  it('accepts what OpenSSL signed', () => expect(verifies(TEXT, SIGNATURE)).toBe(true));

  it.each([0, 7, 100, 255, 256, 300, 511])('refuses the signature with bit %i flipped', (bit) => {
    expect(verifies(TEXT, flipped(SIGNATURE, bit))).toBe(false);
  });

  it.each<[string, string, Uint8Array]>([
    ['another text', `${TEXT} `, SIGNATURE],
    ['too short a signature', TEXT, SIGNATURE.subarray(1)],
    ['r of zero', TEXT, Buffer.concat([Buffer.alloc(32), SIGNATURE.subarray(32)])],
    ['s of zero', TEXT, Buffer.concat([SIGNATURE.subarray(0, 32), Buffer.alloc(32)])],
    ['r beyond the order', TEXT, Buffer.concat([ORDER, SIGNATURE.subarray(32)])],
    ['s beyond the order', TEXT, Buffer.concat([SIGNATURE.subarray(0, 32), ORDER])],
    [
      'r and s that cancel out',
      TEXT,
      Buffer.concat([Buffer.from(ORDER.map((byte, i) => (i === 31 ? byte - 1 : byte))), Buffer.alloc(31), Buffer.of(1)]),
    ],
  ])('refuses %s', (_what, text, signature) => expect(verifies(text, signature)).toBe(false));

  it.each([8, 200, 264, 519])('knows that a point with bit %i flipped is not on the curve', (bit) => {
    expect(sm2Point(flipped(POINT, bit))).toBeUndefined();
  });
});

describe('the SM2 line of a checkpoint', () => {
  const name = 'log.test/2026';
  const typed = Buffer.concat([Buffer.of(0xff), Buffer.from('chakong/sm2-sm3/v1'), POINT]);
  const id = createHash('sha256').update(`${name}\n`).update(typed).digest().subarray(0, 4);
  const vkey = `${name}+${id.toString('hex')}+${typed.toString('base64')}`;
  const noteWith = (signature: Buffer): Buffer => Buffer.from(`${TEXT}\n— ${name} ${Buffer.concat([id, signature]).toString('base64')}\n`);
  const keys = [parseFurtherKey(vkey)].filter((key): key is FurtherKey => key !== undefined);

  it('counts when the policy names its key', () => expect(checkFurtherLines(keys, name, noteWith(SIGNATURE), 'checkpoint')).toBe(1));
  it('is not asked for of another log', () => expect(checkFurtherLines(keys, 'log.test/2027', noteWith(SIGNATURE), 'checkpoint')).toBe(0));
  it('is passed over where no key is named', () => expect(checkFurtherLines([], name, noteWith(SIGNATURE), 'checkpoint')).toBe(0));
  it('is broken when it does not verify', () =>
    expect(() => checkFurtherLines(keys, name, noteWith(flipped(SIGNATURE, 9)), 'checkpoint')).toThrow('does not verify'));
  it('is broken when it is missing', () =>
    expect(() => checkFurtherLines(keys, name, Buffer.from(`${TEXT}\n— other.test AAAAAAAA\n`), 'checkpoint')).toThrow(
      'not signed by log.test/2026',
    ));

  it('has a key whose id must fit and whose point must be on the curve', () => {
    expect(() => parseFurtherKey(vkey.replace(id.toString('hex'), '00000000'))).toThrow('the id does not fit');
    const off = Buffer.concat([typed.subarray(0, -1), Buffer.of(0)]);
    expect(() => parseFurtherKey(`${name}+${id.toString('hex')}+${off.toString('base64')}`)).toThrow('not an SM2 verifier key');
    expect(parseFurtherKey(`${name}+00000000+AQ==`)).toBeUndefined();
  });
});
