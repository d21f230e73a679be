import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bundlePath, decodeBundle, edgeTiles, encodeEntry, parseTilePath, tilePath, widthAt } from './index.js';

describe('tile paths', () => {
  it.each([
    [{ level: 0, index: 1_234_067, width: 256 }, 'tile/0/x001/x234/067'],
    [{ level: 3, index: 0, width: 7 }, 'tile/3/000.p/7'],
    [{ level: 'entries', index: 1000, width: 255 }, 'tile/entries/x001/000.p/255'],
  ] as const)('%j is %s', (address, path) => {
    expect(tilePath(address)).toBe(path);
    expect(parseTilePath(path)).toEqual(address);
  });

  it('are read back for any address', () => {
    const address = fc.record({
      level: fc.oneof(fc.constant('entries' as const), fc.integer({ min: 0, max: 63 })),
      index: fc.integer({ min: 0, max: 2 ** 45 }),
      width: fc.integer({ min: 1, max: 256 }),
    });
    fc.assert(fc.property(address, (one) => expect(parseTilePath(tilePath(one))).toEqual(one)));
  });

  it.each([
    'tile/0/0',
    'tile/0/x000/067',
    'tile/00/000',
    'tile/64/000',
    'tile/0/000.p/0',
    'tile/0/000.p/256',
    'tile/0/000.p/07',
    'tile/0/../checkpoint',
    'tile/0/000/',
    'tile/0/001/000',
    'tile/x/000',
    '',
    '/tile/0/000',
    'tile/0/000.p/',
  ])('refuses %s', (path) => expect(() => parseTilePath(path)).toThrow('no such tile'));

  it('knows the right edge of a tree', () => {
    expect(edgeTiles(70_000)).toEqual([
      { level: 0, index: 273, width: 112 },
      { level: 1, index: 1, width: 17 },
      { level: 2, index: 0, width: 1 },
    ]);
    expect(edgeTiles(256)).toEqual([{ level: 1, index: 0, width: 1 }]);
    expect(edgeTiles(0)).toEqual([]);
    expect([widthAt(0, 0, 256), widthAt(0, 1, 256), widthAt(1, 0, 256), widthAt(0, 0, 7)]).toEqual([256, 0, 1, 7]);
  });
});

describe('entry bundles', () => {
  it('give back what was put in', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 400 }), { maxLength: 20 }), (entries) => {
        const bundle = Buffer.concat(entries.map((entry) => encodeEntry(entry)));
        expect(decodeBundle(bundle, entries.length).map((entry) => Buffer.from(entry))).toEqual(entries.map((entry) => Buffer.from(entry)));
        expect(() => decodeBundle(bundle, entries.length + 1)).toThrow('whole entries');
        if (bundle.length > 0) expect(() => decodeBundle(bundle.subarray(0, -1), entries.length)).toThrow('whole entries');
      }),
    );
  });

  it('refuses an entry of 65,536 bytes', () => expect(() => encodeEntry(Buffer.alloc(65_536))).toThrow('65535'));
  it('names the file of a bundle', () => expect(bundlePath(5, 256)).toBe('tile/entries/005'));
});
