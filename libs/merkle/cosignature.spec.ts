import { describe, expect, it } from '@jest/globals';
import {
  addCosignatures,
  cosignaturesOf,
  cosignerOf,
  formatAddCheckpoint,
  newSignerKey,
  openNote,
  parseAddCheckpoint,
  parseCosignerKey,
  parseNote,
  parseSignerKey,
  parseWitnessPolicy,
  signatureLine,
  signCheckpoint,
} from './index.js';

const log = parseSignerKey(newSignerKey('log.example/2026', Buffer.alloc(32, 9)));
const note = signCheckpoint(log.name, 3, Buffer.alloc(32, 7), [log]);
const { text } = parseNote(note);
const [w1, w2, w3] = [1, 2, 3].map((n) => cosignerOf(`witness.example/w${n}`, Buffer.alloc(32, n))) as [
  ReturnType<typeof cosignerOf>,
  ReturnType<typeof cosignerOf>,
  ReturnType<typeof cosignerOf>,
];

describe('a cosignature', () => {
  it('opens under its key with its time, and under no other text, time or key', () => {
    const { signature } = w1.cosign(text, 1_700_000_000);
    expect(signature.length).toBe(72);
    const key = parseCosignerKey(w1.cosigner.vkey);
    expect(key.timeOf(text, signature)).toBe(1_700_000_000);
    expect(key.timeOf(text.replace('3', '4'), signature)).toBeUndefined();
    expect(w2.cosigner.timeOf(text, signature)).toBeUndefined();
    for (let at = 0; at < signature.length; at++) {
      const changed = Buffer.from(signature);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect([at, key.timeOf(text, changed)]).toEqual([at, undefined]);
    }
  });

  it('is added to the note once, and a stranger or a bad one not at all', () => {
    const bad = { ...w2.cosign(text, 5), signature: Buffer.alloc(72, 1) };
    const lines = [w1.cosign(text, 5), w1.cosign(text, 6), bad, w3.cosign(text, 5)].map(signatureLine).join('');
    const added = addCosignatures(note, lines, [w1.cosigner, w2.cosigner]);
    expect(added.good.map(({ cosigner, seconds }) => [cosigner.name, seconds])).toEqual([['witness.example/w1', 5]]);
    expect(parseNote(added.note).signatures.map(({ name }) => name)).toEqual([log.name, 'witness.example/w1']);
    // Who knows the log's key alone still reads it.
    expect(openNote(added.note, [log.verifier]).text).toBe(text);
    expect(() => addCosignatures(note, 'no signature line\n', [w1.cosigner])).toThrow('malformed signature line');
  });

  it('is found again in the note that carries it, good ones of named witnesses alone', () => {
    const lines = [w1.cosign(text, 5), w2.cosign(text, 6)].map(signatureLine).join('');
    const { note: carrying } = addCosignatures(note, lines, [w1.cosigner, w2.cosigner]);
    const found = (...named: (typeof w1)[]): unknown[] =>
      cosignaturesOf(
        carrying,
        named.map(({ cosigner }) => cosigner),
      ).map(({ cosigner, seconds }) => [cosigner.name, seconds]);
    expect(found(w1, w2, w3)).toEqual([
      ['witness.example/w1', 5],
      ['witness.example/w2', 6],
    ]);
    expect(found(w3)).toEqual([]);
    const changed = Buffer.from(carrying.toString().replace('\n3\n', '\n4\n'));
    expect(cosignaturesOf(changed, [w1.cosigner])).toEqual([]);
  });

  it('has a key of its own type', () => {
    expect(() => parseCosignerKey(log.verifier.vkey)).toThrow('type 0x04');
    expect(() => parseCosignerKey(w1.cosigner.vkey.replace(/\+[0-9a-f]{8}\+/, '+00000000+'))).toThrow('does not fit');
  });
});

describe('the request to a witness', () => {
  const request = { old: 2, proof: [Buffer.alloc(32, 1), Buffer.alloc(32, 2)], checkpoint: note };

  it('is read as it was written', () => {
    expect(parseAddCheckpoint(formatAddCheckpoint(request))).toEqual(request);
    expect(parseAddCheckpoint(formatAddCheckpoint({ ...request, old: 0, proof: [] }))).toEqual({ ...request, old: 0, proof: [] });
  });

  it.each([
    ['nothing', ''],
    ['no old size', `\n\n${note.toString()}`],
    ['a size with a leading zero', `old 01\n\n${note.toString()}`],
    ['a negative size', `old -1\n\n${note.toString()}`],
    ['a line that is no hash', `old 1\nAAAA\n\n${note.toString()}`],
    ['too many lines', `old 1\n${`${Buffer.alloc(32).toString('base64')}\n`.repeat(64)}\n${note.toString()}`],
  ])('is refused with %s', (_what, body) => {
    expect(() => parseAddCheckpoint(Buffer.from(body))).toThrow(expect.objectContaining({ code: 'invalid' }));
  });
});

describe('a policy', () => {
  const [k1, k2, k3] = [w1.cosigner.vkey, w2.cosigner.vkey, w3.cosigner.vkey];
  const head = `# who watches\n\n  log ${log.verifier.vkey}\thttps://log.example\nwitness court ${k1} https://w1.example/\nwitness bank ${k2}\nwitness regulator ${k3}\n`;
  const met = (end: string, ...keys: string[]): boolean => parseWitnessPolicy(Buffer.from(`${head}${end}`)).isMet(new Set(keys));

  it('names logs and witnesses', () => {
    const policy = parseWitnessPolicy(Buffer.from(`${head}quorum none\n`));
    expect(policy.logs.map(({ name }) => name)).toEqual([log.name]);
    expect(policy.witnesses.map(({ name, url }) => [name, url])).toEqual([
      ['court', 'https://w1.example'],
      ['bank', undefined],
      ['regulator', undefined],
    ]);
  });

  it.each<[string, string[], boolean]>([
    ['quorum none', [], true],
    ['quorum court', [], false],
    ['quorum court', [k1], true],
    ['quorum court', [k2, k3], false],
    ['group g any court bank\nquorum g', [k2], true],
    ['group g all court bank\nquorum g', [k2], false],
    ['group g 2 court bank regulator\nquorum g', [k1, k3], true],
    ['group g 2 court bank regulator\nquorum g', [k3], false],
    ['group a any court bank\ngroup g all a regulator\nquorum g', [k1, k3], true],
    ['group a any court bank\ngroup g all a regulator\nquorum g', [k1, k2], false],
  ])('%s with %#', (end, keys, expected) => expect(met(end, ...keys)).toBe(expected));

  it.each([
    ['no quorum', ''],
    ['two quorums', 'quorum court\nquorum bank'],
    ['a quorum that is not defined', 'quorum nobody'],
    ['a member that is not defined yet', 'group g any a\ngroup a any court\nquorum g'],
    ['a member twice', 'group a any court\ngroup b any court\nquorum b'],
    ['none as a member', 'group a any none\nquorum a'],
    ['a threshold of nothing', 'group a 0 court\nquorum a'],
    ['a threshold beyond its members', 'group a 2 court\nquorum a'],
    ['a name that is taken', 'group court any bank\nquorum court'],
    ['the name none', 'group none any bank\nquorum none'],
    ['a key twice', `witness other ${k1}\nquorum none`],
    ['a log as a witness', `witness other ${log.verifier.vkey}\nquorum none`],
    ['another word', 'threshold 2\nquorum none'],
    ['a control character', 'quorum none\r'],
  ])('is refused with %s', (_what, end) => expect(() => met(end)).toThrow(expect.objectContaining({ code: 'invalid' })));
});
