import { describe, expect, it } from '@jest/globals';
import { causeOf, refusal } from './fixtures/refusal.js';
import {
  checkpointText,
  cosignerOf,
  newSignerKey,
  openNote,
  parseCheckpoint,
  parseCosignerKey,
  parseNote,
  parseSignerKey,
  parseTlogProof,
  parseVerifierKey,
  signatureLine,
  SIGNATURES_MAX,
  signCheckpoint,
  signNote,
} from './index.js';
import { NOTE_BYTES_MAX } from './note.js';

// What is refused says why, and what stands just inside of a limit is taken: each check is asked by an input that only it refuses.

const log = parseSignerKey(newSignerKey('log.example/2026', Buffer.alloc(32, 9)));
const other = parseSignerKey(newSignerKey('other.example', Buffer.alloc(32, 10)));
const witness = cosignerOf('witness.example', Buffer.alloc(32, 1));
const HASH = Buffer.alloc(32, 5).toString('base64');
const note = signCheckpoint(log.name, 3, Buffer.alloc(32, 7), [log]);
const { text } = parseNote(note);

/** A key text of any name, id, type and length of key, with the id that fits unless another is given. */
const keyText = (name: string, type: number, key: Uint8Array): string => {
  const typeAndKey = Buffer.concat([Buffer.of(type), key]);
  return `${name}+00000000+${typeAndKey.toString('base64')}`;
};

describe('keys', () => {
  const { vkey } = log.verifier;
  const skey = newSignerKey('a.example', Buffer.alloc(32, 9));
  it.each([
    ['', 'invalid: not an Ed25519 verifier key'],
    ['a.example', 'invalid: not an Ed25519 verifier key'],
    [`+00000000+${HASH}`, 'invalid: not an Ed25519 verifier key'],
    [`\u00a0x${vkey.slice(1)}z`, 'invalid: not an Ed25519 verifier key'],
    [`+${vkey}`, 'invalid: not an Ed25519 verifier key'],
    [`${vkey}\n+`, 'invalid: not an Ed25519 verifier key'],
    [keyText('a.example', 1, Buffer.alloc(31)), 'invalid: not an Ed25519 verifier key'],
    [keyText('a.example', 1, Buffer.alloc(33)), 'invalid: not an Ed25519 verifier key'],
    [keyText('a.example', 4, Buffer.alloc(32)), 'invalid: only Ed25519 (type 0x01) is read as a verifier key'],
    [keyText('a b', 1, Buffer.alloc(32)), 'invalid: a key name has no spaces and no plus signs'],
    [keyText('a.example', 1, Buffer.alloc(32)), 'invalid: the id of the verifier key does not fit its key'],
    [` ${vkey}\n`, 'taken'],
  ])('verifier key %j: %s', (key, reason) => expect(refusal(() => parseVerifierKey(key))).toBe(reason));

  it.each([
    ['', 'invalid: not a signer key'],
    [vkey, 'invalid: not a signer key'],
    ['PRIVATE+KEY+', 'invalid: not an Ed25519 signer key'],
    [`PRIVATE+KEY+${keyText('a.example', 1, Buffer.alloc(32))}`, 'invalid: the id of the signer key does not fit its key'],
    [`PRIVATE+KEY+${keyText('a.example', 4, Buffer.alloc(32))}`, 'invalid: only Ed25519 (type 0x01) is read as a signer key'],
    [` ${skey}\n`, 'taken'],
  ])('signer key %j: %s', (key, reason) => expect(refusal(() => parseSignerKey(key))).toBe(reason));

  it.each([
    ['', 'invalid: not an Ed25519 cosigner key'],
    [vkey, 'invalid: only Ed25519 (type 0x04) is read as a cosigner key'],
    [keyText('a.example', 4, Buffer.alloc(32)), 'invalid: the id of the cosigner key does not fit its key'],
    [` ${witness.cosigner.vkey}\n`, 'taken'],
  ])('cosigner key %j: %s', (key, reason) => expect(refusal(() => parseCosignerKey(key))).toBe(reason));

  it.each([31, 33])('a seed of %i bytes makes no key', (bytes) => {
    expect(refusal(() => newSignerKey('a', Buffer.alloc(bytes)))).toBe('invalid: an Ed25519 seed has 32 bytes');
    expect(refusal(() => cosignerOf('a', Buffer.alloc(bytes)))).toBe('invalid: an Ed25519 seed has 32 bytes');
  });

  it('have names of at most 512 bytes', () => {
    expect(refusal(() => newSignerKey('é'.repeat(256), Buffer.alloc(32)))).toBe('taken');
    for (const name of [`${'é'.repeat(256)}a`, ''])
      expect(refusal(() => newSignerKey(name, Buffer.alloc(32)))).toBe('invalid: a key name has no spaces and no plus signs');
    expect(refusal(() => cosignerOf('a b', Buffer.alloc(32)))).toBe('invalid: a key name has no spaces and no plus signs');
  });

  it('check no signature of another length', () => {
    const signed = log.sign(Buffer.from(text));
    expect(log.verifier.verifies(Buffer.from(text), signed)).toBe(true);
    expect(log.verifier.verifies(Buffer.from(text), Buffer.concat([signed, Buffer.alloc(1)]))).toBe(false);
    const cosigned = witness.cosign(text, 5).signature;
    expect(witness.cosigner.timeOf(text, Buffer.concat([cosigned, Buffer.alloc(1)]))).toBeUndefined();
    expect(witness.cosigner.timeOf(text, Buffer.alloc(7))).toBeUndefined();
    // A time beyond 2^53 would be read as another number than the one that was signed.
    const late = witness.cosign(text, 2 ** 53).signature;
    expect(witness.cosigner.timeOf(text, late)).toBeUndefined();
  });
});

describe('notes', () => {
  const line = signatureLine({ name: 'a.example', keyId: 1, signature: Buffer.alloc(64) });
  it.each([
    [`a\n${line}`, 'invalid: a note has a blank line before its signatures'],
    ['a\n\n', 'invalid: a note ends with signature lines'],
    [`a\n\n${line.trimEnd()}`, 'invalid: a note ends with signature lines'],
    [`a\tb\n\n${line}`, 'invalid: a note holds no control characters'],
    [`a\u0000\n\n${line}`, 'invalid: a note holds no control characters'],
    [`a\u001f\n\n${line}`, 'invalid: a note holds no control characters'],
    [`a\n\n${line.repeat(SIGNATURES_MAX + 1)}`, `invalid: a note has at most ${SIGNATURES_MAX} signatures`],
    [`a\n\n${line.repeat(SIGNATURES_MAX)}`, 'taken'],
    [`\n\n${line}`, 'taken'],
    [`a\n\nx${line}`, 'invalid: malformed signature line'],
    [`a\n\n${line.trimEnd()} \n`, 'invalid: malformed signature line'],
    [`a\n\n${line.trimEnd()} x\n`, 'invalid: malformed signature line'],
    [`a\n\n${line.replace('a.example', 'a+b')}`, 'invalid: malformed signature line'],
    [`a\n\n— a.example AAAAAA==\n`, 'invalid: malformed signature line'],
    [`a\n\n— a.example !\n`, 'invalid: malformed signature line'],
    [`a\n\n— a.example AAAAAQE=\n`, 'taken'],
  ])('%j: %s', (bytes, reason) => expect(refusal(() => parseNote(Buffer.from(bytes)))).toBe(reason));

  it('keep a byte order mark as what it is, and refuse bytes that are no UTF-8 by that reason', () => {
    expect(parseNote(Buffer.from(`\ufeffa\n\n${line}`)).text).toBe('\ufeffa\n');
    expect(refusal(() => parseNote(Buffer.from([0xff])))).toBe('invalid: a note is UTF-8');
    expect(causeOf(() => parseNote(Buffer.from([0xff])))).toMatch(/encod/i);
  });

  it('have a limit of bytes', () => {
    const fits = `${'a'.repeat(NOTE_BYTES_MAX - Buffer.byteLength(line) - 2)}\n\n${line}`;
    expect(refusal(() => parseNote(Buffer.from(fits)))).toBe('taken');
    expect(refusal(() => parseNote(Buffer.from(`a${fits}`)))).toBe(`invalid: a note has at most ${NOTE_BYTES_MAX} bytes`);
  });

  it('are opened by a key whose signature holds, and by nothing else', () => {
    expect(refusal(() => openNote(note, [other.verifier]))).toBe('signature-invalid: no known key signed this note');
    const forged = signNote('a\n', [other], [{ name: log.name, keyId: log.keyId, signature: Buffer.alloc(64) }]);
    expect(refusal(() => openNote(forged, [log.verifier]))).toBe(`signature-invalid: the signature of ${log.name} does not verify`);
    expect(refusal(() => signNote('a', [log]))).toBe('invalid: the text of a note ends in a newline');
    const smuggled = { name: 'x.example', keyId: 1, signature: Buffer.alloc(4) };
    expect(refusal(() => signNote('a\n', [], [smuggled]))).toBe('taken');
  });
});

describe('checkpoints and proofs', () => {
  const good = checkpointText('a.example', 5, Buffer.alloc(32));
  it.each([
    ['', 'invalid: a checkpoint has three lines'],
    ['a.example', 'invalid: a checkpoint has three lines'],
    ['a.example\n5', 'invalid: a checkpoint has three lines'],
    [good.replace('a.example', ''), 'invalid: a checkpoint has three lines'],
    [good.trimEnd(), 'invalid: a checkpoint has three lines'],
    [good.replace('\n5\n', '\n05\n'), 'invalid: the size of a checkpoint is a decimal number'],
    [good.replace('\n5\n', '\n5 \n'), 'invalid: the size of a checkpoint is a decimal number'],
    [good.replace('\n5\n', '\n9007199254740992\n'), 'invalid: the size of a checkpoint is a decimal number'],
    [good.replace('\n5\n', '\n9007199254740991\n'), 'taken'],
    [good.replace('\n5\n', '\n0\n'), 'taken'],
    [good.replace('=', ''), 'invalid: the root of a checkpoint is 32 bytes in base64'],
    ['a.example\n5\nAAAA\n', 'invalid: the root of a checkpoint is 32 bytes in base64'],
    [`${good}\n`, 'invalid: an extension line is not empty'],
    [`${good}more\n`, 'taken'],
  ])('checkpoint %j: %s', (checkpoint, reason) => expect(refusal(() => parseCheckpoint(checkpoint))).toBe(reason));

  const head = 'c2sp.org/tlog-proof@v1\n';
  const hashes = (count: number): string => `${HASH}\n`.repeat(count);
  it.each([
    ['', 'invalid: a proof begins with c2sp.org/tlog-proof@v1'],
    [`${head}index 5`, 'invalid: a proof begins with c2sp.org/tlog-proof@v1'],
    ['\n\n', 'invalid: a proof begins with c2sp.org/tlog-proof@v1'],
    [`${head}\n`, 'invalid: a proof names the index of its entry'],
    [`${head}extra\nindex 5\n\n`, 'invalid: a proof names the index of its entry'],
    [`${head}extra AA\nindex 5\n\n`, 'invalid: the extra line is not base64'],
    [`${head}extra QQ==\nindex 5\n\n`, 'taken'],
    [`${head}extra QQ==\n\n`, 'invalid: a proof names the index of its entry'],
    [`${head}xindex 5\n\n`, 'invalid: a proof names the index of its entry'],
    [`${head}index 5x\n\n`, 'invalid: a proof names the index of its entry'],
    [`${head}index 05\n\n`, 'invalid: a proof names the index of its entry'],
    [`${head}index 9007199254740992\n\n`, 'invalid: a proof names the index of its entry'],
    [`${head}index 0\n\n`, 'taken'],
    [`${head}index 5\nAAAA\n\n`, 'invalid: a line of the path is not a hash'],
    [`${head}index 5\n!\n\n`, 'invalid: a line of the path is not a hash'],
    [`${head}index 5\n${hashes(63)}\n`, 'taken'],
    [`${head}index 5\n${hashes(64)}\n`, 'invalid: a proof has at most 63 hashes'],
  ])('proof %j: %s', (proof, reason) => expect(refusal(() => parseTlogProof(proof))).toBe(reason));

  it('of a proof, nothing is read beyond its limit', () => {
    const fits = `${head}index 5\n\n`.padEnd(NOTE_BYTES_MAX, 'x');
    expect(refusal(() => parseTlogProof(fits))).toBe('taken');
    expect(refusal(() => parseTlogProof(`${fits}x`))).toBe('invalid: the proof is too long');
  });
});
