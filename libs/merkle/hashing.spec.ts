import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { EMPTY_ROOT, ENTRY_BYTES_MAX, leafHash, nodeHash } from './index.js';

describe('hashing', () => {
  it.each([
    ['empty tree', EMPTY_ROOT, 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['empty leaf', leafHash(Buffer.alloc(0)), '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d'],
    ['leaf', leafHash(Buffer.from('L123456')), '395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56'],
  ])('gives the known answer for the %s', (_name, hash, hex) => expect(hash.toString('hex')).toBe(hex));

  it('hashes a node as the definition says', () => {
    const [left, right] = [leafHash(Buffer.from('l')), leafHash(Buffer.from('r'))];
    expect(nodeHash(left, right)).toEqual(createHash('sha256').update(Buffer.of(1)).update(left).update(right).digest());
  });

  it('takes the longest entry and refuses a longer one', () => {
    expect(leafHash(Buffer.alloc(ENTRY_BYTES_MAX)).length).toBe(32);
    expect(() => leafHash(Buffer.alloc(ENTRY_BYTES_MAX + 1))).toThrow('at most 65535 bytes');
  });

  it('refuses children that are no hashes', () => {
    expect(() => nodeHash(Buffer.alloc(31), Buffer.alloc(32))).toThrow();
    expect(() => nodeHash(Buffer.alloc(32), Buffer.alloc(33))).toThrow();
  });

  it('does not leave a longer entry behind in a shorter one', () => {
    const short = leafHash(Buffer.from('a')).toString('hex');
    leafHash(Buffer.from('b'.repeat(500)));
    expect(leafHash(Buffer.from('a')).toString('hex')).toBe(short);
  });
});
