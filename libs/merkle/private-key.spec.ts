import { describe, expect, it } from '@jest/globals';
import { newSignerKey, parseSignerKey, privateNoteSigner } from './note-key.js';
import { openNote, signNote } from './note.js';
import { parseWitnessPolicy } from './witness-policy.js';

describe('a key of a private type', () => {
  const own = parseSignerKey(newSignerKey('log.test/2026', Buffer.alloc(32, 1)));
  const further = privateNoteSigner({
    name: own.name,
    identifier: 'test/reversed',
    publicKey: Buffer.from('key'),
    sign: (text) => Buffer.from(text).reverse(),
    verifies: (text, signature) => Buffer.from(text).reverse().equals(signature),
  });
  const text = 'log.test/2026\n0\nAAAA\n';
  const note = signNote(text, [own, further]);

  it('signs beside the log, and is passed over by whoever does not know it', () => {
    expect(openNote(note, [own.verifier])).toMatchObject({ verified: [{ keyId: own.keyId }], unknown: [{ keyId: further.keyId }] });
    expect(openNote(note, [own.verifier, further.verifier]).verified).toHaveLength(2);
  });

  it('may be named by a policy, which goes on with the Ed25519 key', () => {
    const policy = (vkey: string): Buffer => Buffer.from(`log ${own.verifier.vkey}\nlog ${vkey}\nquorum none\n`);
    expect(parseWitnessPolicy(policy(further.verifier.vkey)).logs.map(({ vkey }) => vkey)).toEqual([own.verifier.vkey]);
    expect(() => parseWitnessPolicy(policy(further.verifier.vkey.replace(/\+[0-9a-f]{8}\+/, '+00000000+')))).toThrow('line 2');
  });
});
