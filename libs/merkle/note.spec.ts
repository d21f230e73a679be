import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  checkpointText,
  formatTlogProof,
  newSignerKey,
  openCheckpoint,
  openNote,
  parseCheckpoint,
  parseNote,
  parseSignerKey,
  parseTlogProof,
  parseVerifierKey,
  leafHash,
  RightEdge,
  signCheckpoint,
  SIGNATURES_MAX,
  signNote,
  TreeReader,
  verifyTlogProof,
} from './index.js';
import { MemoryTiles, sampleEntries } from './fixtures/reference.js';

const signer = parseSignerKey(newSignerKey('gateway.example/ledger/2026', Buffer.alloc(32, 7)));
const stranger = parseSignerKey(newSignerKey('witness.example', Buffer.alloc(32, 8)));

describe('keys', () => {
  it('are read back as they were written', () => {
    expect(parseVerifierKey(signer.verifier.vkey)).toMatchObject({ name: signer.name, keyId: signer.keyId, vkey: signer.verifier.vkey });
    expect(parseVerifierKey(`${signer.verifier.vkey}\n`).keyId).toBe(signer.keyId);
  });

  it('survive plus signs inside their base64', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (seed) => {
        const one = parseSignerKey(newSignerKey('a.example/b', seed));
        const text = Buffer.from('text\n');
        expect(parseVerifierKey(one.verifier.vkey).verifies(text, one.sign(text))).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    ['another id', signer.verifier.vkey.replace(/\+[0-9a-f]{8}\+/, '+00000000+')],
    ['another name', `x${signer.verifier.vkey}`],
    ['another type', 'a+00000000+AgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'],
    ['a short key', 'a+00000000+AQ=='],
    ['nothing', ''],
  ])('with %s are refused', (_what, vkey) => expect(() => parseVerifierKey(vkey)).toThrow(/verifier key/));

  it.each([[''], ['a b'], ['a+b'], ['a\u3000b']])('named "%s" are refused', (name) =>
    expect(() => newSignerKey(name, Buffer.alloc(32))).toThrow('key name'),
  );

  it('do not show a secret in the error', () => {
    const secret = newSignerKey('a.example', Buffer.alloc(32, 9)).replace('a.example', 'b.example');
    expect(() => parseSignerKey(secret)).toThrow(/^the id of the signer key does not fit its key$/);
  });
});

describe('notes', () => {
  it('may have empty lines in their text; the last one separates', () => {
    const text = 'one\n\ntwo\n';
    expect(openNote(signNote(text, [signer, stranger]), [signer.verifier])).toMatchObject({
      text,
      verified: [{ name: signer.name }],
      unknown: [{ name: stranger.name }],
    });
  });

  it('reads the example of the specification', () => {
    const note =
      'Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n' +
      '— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n';
    expect(parseNote(Buffer.from(note)).signatures).toMatchObject([{ name: 'quasimodo.example/salvatore', keyId: 0x367ba04b }]);
  });

  it('with no signature of a known key are refused', () => {
    expect(() => openNote(signNote('a\n', [stranger]), [signer.verifier])).toThrow('no known key');
  });

  it('of which one known signature fails are refused although another holds', () => {
    const forged = { name: signer.name, keyId: signer.keyId, signature: Buffer.alloc(64) };
    expect(() => openNote(signNote('a\n', [stranger], [forged]), [signer.verifier, stranger.verifier])).toThrow('does not verify');
  });

  it('pass over a line that shares only the name or only the id of a known key', () => {
    const nameOnly = { name: signer.name, keyId: 1, signature: Buffer.alloc(64) };
    const idOnly = { name: 'other.example', keyId: signer.keyId, signature: Buffer.alloc(64) };
    expect(openNote(signNote('a\n', [signer], [nameOnly, idOnly]), [signer.verifier]).unknown.length).toBe(2);
  });

  const line = signNote('a\n', [signer]).toString().split('\n')[2] ?? '';
  it.each([
    ['no blank line', `a\n${line}\n`],
    ['no signature', 'a\n\n'],
    ['no last newline', `a\n\n${line}`],
    ['a control character', `a\tb\n\n${line}\n`],
    ['a carriage return', `a\r\n\n${line}\n`],
    ['a hyphen for the dash', `a\n\n${line.replace('—', '-')}\n`],
    ['no padding', `a\n\n${line.replace('=', '')}\n`],
    ['two spaces', `a\n\n${line.replace(' ', '  ')}\n`],
    ['an id without signature', 'a\n\n— a.example AAAAAA==\n'],
    ['too many signatures', `a\n\n${`${line}\n`.repeat(SIGNATURES_MAX + 1)}`],
  ])('with %s are refused', (_what, note) => expect(() => parseNote(Buffer.from(note))).toThrow());

  it('with bytes that are no UTF-8 are refused', () => expect(() => parseNote(Buffer.from([0xff, 0x0a]))).toThrow('UTF-8'));
  it('are not made of text that cannot be read back', () => {
    expect(() => signNote('no newline', [signer])).toThrow('newline');
    expect(() => signNote('tab\there\n', [signer])).toThrow('control');
  });
});

describe('checkpoints', () => {
  const root = Buffer.alloc(32, 1);
  it('are read back as they were signed', () => {
    const note = signCheckpoint(signer.name, 70_000, root, [signer, stranger]);
    expect(openCheckpoint(note, signer.verifier)).toEqual({ origin: signer.name, size: 70_000, root, extensions: [] });
  });

  it('of another log are refused although our key signed them', () => {
    expect(() => openCheckpoint(signCheckpoint('other.example', 1, root, [signer]), signer.verifier)).toThrow('another log');
  });

  const good = checkpointText('a.example', 5, root);
  it('may have extension lines', () => expect(parseCheckpoint(`${good}extra\n`).extensions).toEqual(['extra']));
  it.each([
    ['a leading zero', good.replace('\n5\n', '\n05\n')],
    ['a sign', good.replace('\n5\n', '\n+5\n')],
    ['a size beyond safe integers', good.replace('\n5\n', '\n9007199254740993\n')],
    ['a short root', good.replace('AQEB', '')],
    ['an unused bit in the root', good.replace('AQE=', 'AQF=')],
    ['an empty origin', good.replace('a.example', '')],
    ['an empty extension', `${good}\n`],
    ['no last newline', good.trimEnd()],
    ['two lines', 'a.example\n5\n'],
  ])('with %s are refused', (_what, text) => expect(() => parseCheckpoint(text)).toThrow());
});

describe('proof files', () => {
  const entries = sampleEntries(300);
  const growth = RightEdge.empty().grow(entries);
  const tiles = new MemoryTiles();
  for (const file of growth.files) tiles.files.set(file.path, file.bytes);
  const checkpoint = signCheckpoint(signer.name, 300, growth.root, [signer]);

  async function proofText(index: number, extra?: Buffer): Promise<string> {
    return formatTlogProof({
      index,
      hashes: await new TreeReader(tiles, 300).inclusionProof(index),
      checkpoint,
      ...(extra ? { extra } : {}),
    });
  }

  it.each([0, 3, 255, 256, 299])('prove entry %i and no other', async (index) => {
    const proof = parseTlogProof(await proofText(index));
    expect(verifyTlogProof(proof, entries[index] ?? Buffer.alloc(0), signer.verifier)).toMatchObject({ size: 300, root: growth.root });
    expect(() => verifyTlogProof(proof, Buffer.from('another'), signer.verifier)).toThrow('not in the log');
    expect(() => verifyTlogProof({ ...proof, index: (index + 1) % 300 }, entries[index] ?? Buffer.alloc(0), signer.verifier)).toThrow(
      'not in the log',
    );
    expect(() => verifyTlogProof(proof, entries[index] ?? Buffer.alloc(0), stranger.verifier)).toThrow('no known key');
  });

  it('are read back byte for byte, with and without extra', async () => {
    for (const extra of [undefined, Buffer.from('why')]) {
      const text = await proofText(5, extra);
      expect(formatTlogProof(parseTlogProof(text))).toBe(text);
      expect(parseTlogProof(text).extra).toEqual(extra);
    }
  });

  it.each([
    ['another header', (text: string) => text.replace('@v1', '@v2')],
    ['no index', (text: string) => text.replace(/index \d+\n/, '')],
    ['a leading zero', (text: string) => text.replace('index 5', 'index 05')],
    ['a broken hash', (text: string) => text.replace(/(index \d+\n.)/, '$1A')],
    ['a bad extra line', (text: string) => text.replace('index', 'extra !\nindex')],
    ['too many hashes', (text: string) => text.replace('\n\n', `\n${`${leafHash(Buffer.alloc(1)).toString('base64')}\n`.repeat(64)}\n`)],
    ['no checkpoint', (text: string) => text.slice(0, text.indexOf('\n\n'))],
  ])('with %s are refused', async (_what, change) => {
    const text = await proofText(5);
    expect(change(text)).not.toBe(text);
    expect(() => parseTlogProof(change(text))).toThrow();
  });
});
