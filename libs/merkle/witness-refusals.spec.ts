import { describe, expect, it } from '@jest/globals';
import { causeOf, refusal } from './fixtures/refusal.js';
import {
  addCosignatures,
  cosignaturesOf,
  cosignerOf,
  newSignerKey,
  parseAddCheckpoint,
  parseNote,
  parseSignerKey,
  parseWitnessPolicy,
  signatureLine,
  SIGNATURES_MAX,
  signCheckpoint,
  signNote,
} from './index.js';
import { ADD_CHECKPOINT_BYTES_MAX } from './add-checkpoint.js';
import { POLICY_BYTES_MAX } from './witness-policy.js';

// What is refused says why, and what stands just inside of a limit is taken: each check is asked by an input that only it refuses.

const log = parseSignerKey(newSignerKey('log.example/2026', Buffer.alloc(32, 9)));
const witness = cosignerOf('witness.example', Buffer.alloc(32, 1));
const HASH = Buffer.alloc(32, 5).toString('base64');
const note = signCheckpoint(log.name, 3, Buffer.alloc(32, 7), [log]);
const { text } = parseNote(note);
const noteText = note.toString();

describe('what a witness is asked and what it answers', () => {
  it.each([
    ['', 'invalid: a request begins with the old size'],
    ['old 1', 'invalid: a request begins with the old size'],
    [`\n\n${noteText}`, 'invalid: a request begins with the old size'],
    [`xold 1\n\n${noteText}`, 'invalid: a request begins with the old size'],
    [`old 1x\n\n${noteText}`, 'invalid: a request begins with the old size'],
    [`old 01\n\n${noteText}`, 'invalid: a request begins with the old size'],
    [`old 9007199254740992\n\n${noteText}`, 'invalid: a request begins with the old size'],
    [`old 12\n\n${noteText}`, 'taken'],
    [`old 1\nAAAA\n\n${noteText}`, 'invalid: a line of the proof is not a hash'],
    [`old 1\n!\n\n${noteText}`, 'invalid: a line of the proof is not a hash'],
    [`old 1\n${`${HASH}\n`.repeat(63)}\n${noteText}`, 'taken'],
    [`old 1\n${`${HASH}\n`.repeat(64)}\n${noteText}`, 'invalid: a proof has at most 63 hashes'],
  ])('request %j: %s', (body, reason) => expect(refusal(() => parseAddCheckpoint(Buffer.from(body)))).toBe(reason));

  it('has a limit of bytes', () => {
    const fits = 'old 1\n\n'.padEnd(ADD_CHECKPOINT_BYTES_MAX, 'x');
    expect(refusal(() => parseAddCheckpoint(Buffer.from(fits)))).toBe('taken');
    expect(refusal(() => parseAddCheckpoint(Buffer.from(`${fits}x`)))).toBe('invalid: the request is too long');
  });

  it('no answer adds nothing, and the same note comes back', () => {
    expect(addCosignatures(note, '', [witness.cosigner])).toEqual({ note, good: [] });
  });

  it('a line that shares only the name or only the id of a witness is a stranger', () => {
    const line = witness.cosign(text, 5);
    const namesake = { ...line, keyId: line.keyId ^ 1 };
    const idsake = { ...line, name: 'another.example' };
    const lines = [namesake, idsake].map(signatureLine).join('');
    expect(addCosignatures(note, lines, [witness.cosigner]).good).toEqual([]);
    const carrying = signNote(text, [], [namesake, idsake]);
    expect(cosignaturesOf(carrying, [witness.cosigner])).toEqual([]);
    // And a line of a stranger that is there already does not keep the witness out.
    const first = addCosignatures(carrying, signatureLine(line), [witness.cosigner]);
    expect(first.good.map(({ seconds }) => seconds)).toEqual([5]);
    expect(addCosignatures(first.note, signatureLine(witness.cosign(text, 6)), [witness.cosigner]).good).toEqual([]);
  });

  it('no more lines than a note may have', () => {
    const stranger = { name: 'x.example', keyId: 1, signature: Buffer.alloc(4) };
    const full = (count: number): Buffer =>
      signNote(
        text,
        [],
        Array.from({ length: count }, () => stranger),
      );
    const line = signatureLine(witness.cosign(text, 5));
    expect(refusal(() => addCosignatures(full(SIGNATURES_MAX - 1), line, [witness.cosigner]))).toBe('taken');
    expect(refusal(() => addCosignatures(full(SIGNATURES_MAX), line, [witness.cosigner]))).toBe('invalid: a note has too many signatures');
  });
});

describe('a policy', () => {
  const keys = Array.from({ length: 65 }, (_, n) => cosignerOf(`w${n}.example`, Buffer.alloc(32, n + 1)).cosigner.vkey);
  const logs = Array.from({ length: 65 }, (_, n) => parseSignerKey(newSignerKey(`l${n}.example`, Buffer.alloc(32, n + 100))).verifier.vkey);
  const of = (...lines: string[]): (() => unknown) => {
    return () => parseWitnessPolicy(Buffer.from([...lines, 'quorum none'].join('\n')));
  };
  const at = (line: number, reason: string): string => `invalid: line ${line} of the policy: ${reason}`;
  const court = `witness court ${keys[0] ?? ''}`;
  const bank = `witness bank ${keys[1] ?? ''}`;
  const aWitness = 'a witness has a name, a key and perhaps an address';
  const aGroup = 'a group has a name, a threshold and members';
  const aThreshold = 'the threshold is any, all or a number of members';

  it.each<[string[], string]>([
    [['#'], 'taken'],
    [['', '  ', ' # log', '#log x'], 'taken'],
    [['x#'], at(1, 'is none of log, witness, group, quorum')],
    [['', 'log'], at(2, 'a log has a key and perhaps an address')],
    [[`log ${logs[0] ?? ''} https://l more`], at(1, 'a log has a key and perhaps an address')],
    [[`log ${logs[0] ?? ''} https://l`], 'taken'],
    [[`log ${logs[0] ?? ''}`, `log ${logs[0] ?? ''}`], at(2, 'this log is there already')],
    [[`log ${logs[0] ?? ''}`, `log ${logs[1] ?? ''}`], 'taken'],
    [['log x'], at(1, 'not an Ed25519 verifier key')],
    [['witness'], at(1, aWitness)],
    [['witness court'], at(1, aWitness)],
    [[`${court} https://w more`], at(1, aWitness)],
    [[`${court} ftp://w`], at(1, 'the address of a witness begins with http')],
    [[`${court} xhttp://w`], at(1, 'the address of a witness begins with http')],
    [[`${court} http://w`], 'taken'],
    [[court, court], at(2, 'the name court is taken')],
    [[court, court.replace('court', 'bank')], at(2, 'the key of this witness is there already')],
    [[court.replace('court', 'none')], at(1, 'the name none is taken')],
    [['group'], at(1, aGroup)],
    [['group g'], at(1, aGroup)],
    [[court, 'group g any'], at(2, aGroup)],
    [[court, 'group g any court'], 'taken'],
    [[court, 'group court any court'], at(2, 'the name court is taken')],
    [[court, 'group g any court', 'group g any court'], at(3, 'the name g is taken')],
    [[court, 'group g any nobody'], at(2, 'nothing above is named nobody')],
    [[court, 'group g any court court'], at(2, 'court is a member twice')],
    [[court, bank, 'group g 2 court bank'], 'taken'],
    [[court, bank, 'group g 3 court bank'], at(3, aThreshold)],
    [[court, 'group g 0 court'], at(2, aThreshold)],
    [[court, 'group g x1 court'], at(2, aThreshold)],
    [[court, 'group g 1x court'], at(2, aThreshold)],
    [['quorum none'], at(2, 'there is exactly one quorum')],
    [['quorum'], at(1, 'there is exactly one quorum')],
    [[court, 'quorum court none'], at(2, 'there is exactly one quorum')],
    [['quorum nobody'], at(1, 'nothing above is named nobody')],
    [['log \u0001'], at(1, 'holds a control character')],
  ])('%j: %s', (lines, reason) => expect(refusal(of(...lines))).toBe(reason));

  it('has a quorum', () => {
    expect(refusal(() => parseWitnessPolicy(Buffer.from(`${court}\n`)))).toBe('invalid: a policy has a quorum line');
    expect(refusal(() => parseWitnessPolicy(Buffer.from(`${court}\nquorum court`)))).toBe('taken');
  });

  it('says of a line what its key says', () => {
    expect(causeOf(of('log x'))).toBe('not an Ed25519 verifier key');
  });

  it('has limits', () => {
    const witnesses = keys.map((key, n) => `witness w${n} ${key}`);
    const groups = Array.from({ length: 65 }, (_, n) => `group g${n} any ${n === 0 ? 'w0' : `g${n - 1}`}`);
    const logLines = logs.map((key) => `log ${key}`);
    expect(refusal(of(...witnesses.slice(0, 64)))).toBe('taken');
    expect(refusal(of(...witnesses))).toBe(at(65, 'more than 64 witnesses'));
    expect(refusal(of(...logLines.slice(0, 64)))).toBe('taken');
    expect(refusal(of(...logLines))).toBe(at(65, 'more than 64 logs'));
    expect(refusal(of(...witnesses.slice(0, 1), ...groups.slice(0, 64)))).toBe('taken');
    expect(refusal(of(...witnesses.slice(0, 1), ...groups))).toBe(at(66, 'more than 64 groups'));
    const fits = 'quorum none\n'.padEnd(POLICY_BYTES_MAX, '\n');
    expect(refusal(() => parseWitnessPolicy(Buffer.from(fits)))).toBe('taken');
    expect(refusal(() => parseWitnessPolicy(Buffer.from(`${fits}\n`)))).toBe(`invalid: a policy has at most ${POLICY_BYTES_MAX} bytes`);
  });

  it('keeps addresses without their last slashes and names as they are spelled', () => {
    const { witnesses } = parseWitnessPolicy(Buffer.from(`witness 法院 ${keys[0] ?? ''} https://w.example/a//\nquorum none`));
    expect(witnesses.map(({ name, url }) => [name, url])).toEqual([['法院', 'https://w.example/a']]);
  });
});
