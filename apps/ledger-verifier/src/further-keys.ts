import { createHash } from 'node:crypto';
import { Broken, Usage } from './broken.js';
import { noteParts } from './checkpoint.js';
import { exactBase64 } from './hashing.js';
import { sm2Point, sm2Verifies } from './sm2.js';

/** docs/ledger/log-format.md, "Checkpoint": a private type of C2SP signed-note, followed by the 65 bytes of the public key. */
const SM2_TYPE = Buffer.concat([Buffer.of(0xff), Buffer.from('chakong/sm2-sm3/v1')]);

/** A further key of a log, which a policy names beside its Ed25519 key: then its line must be there too. */
export interface FurtherKey {
  /** The log's. */
  readonly name: string;
  readonly id: string;
  readonly point: NonNullable<ReturnType<typeof sm2Point>>;
}

/** Reads a key of the private SM2 type; undefined when the text is a key of another type. @throws Usage when it is one of ours and not whole */
export function parseFurtherKey(vkey: string): FurtherKey | undefined {
  const match = /^([^\s+]+)\+([0-9a-f]{8})\+(\S+)$/u.exec(vkey);
  const typed = exactBase64(match?.[3] ?? '');
  if (!match?.[1] || !match[2] || !typed?.subarray(0, SM2_TYPE.length).equals(SM2_TYPE)) return undefined;
  const point = sm2Point(typed.subarray(SM2_TYPE.length));
  if (!point) throw new Usage('not an SM2 verifier key');
  const id = createHash('sha256').update(`${match[1]}\n`).update(typed).digest('hex').slice(0, 8);
  if (id !== match[2]) throw new Usage('the id does not fit the key');
  return { name: match[1], id, point };
}

/**
 * Checks the lines of the further keys that the policy names for this log.
 * @returns how many there are
 * @throws Broken when one is missing or does not verify
 */
export function checkFurtherLines(keys: readonly FurtherKey[], origin: string, signed: Buffer, place: string): number {
  const { text, lines } = noteParts(signed, place);
  const own = keys.filter((key) => key.name === origin);
  for (const { name, id, point } of own) {
    const line = lines.find((one) => one.name === name && one.id === id);
    if (!line) throw new Broken(place, `not signed by ${name}+${id} (SM2), which the policy names`);
    if (!sm2Verifies(Buffer.from(text), line.signature, point)) throw new Broken(place, `the SM2 signature of ${name} does not verify`);
  }
  return own.length;
}
