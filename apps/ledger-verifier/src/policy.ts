import { createHash, createPublicKey, verify, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Broken, textOf, Usage } from './broken.js';
import { noteParts, parseLogKey, SPKI_HEADER, type LogKey } from './checkpoint.js';
import { parseFurtherKey, type FurtherKey } from './further-keys.js';
import { exactBase64 } from './hashing.js';

const COSIGNATURE = 4;
const KEY_BYTES = 32;
const TIME_BYTES = 8;
const LINES_MAX = 64;
const POLICY_BYTES_MAX = 256 * 1024;

interface Witness {
  readonly name: string;
  readonly keyName: string;
  readonly id: string;
  readonly key: KeyObject;
}

interface Group {
  readonly threshold: number;
  readonly members: readonly string[];
}

/** Who must have seen a checkpoint (C2SP tlog-policy). */
export interface Policy {
  readonly logs: readonly LogKey[];
  /** Keys of logs of a further type, whose lines must be there as well. */
  readonly further: readonly FurtherKey[];
  readonly witnesses: ReadonlyMap<string, Witness>;
  readonly groups: ReadonlyMap<string, Group>;
  readonly quorum: string;
}

/** What a policy found under a checkpoint. */
export interface QuorumFindings {
  readonly cosigned: readonly { readonly witness: string; readonly at: string }[];
  readonly missing: readonly string[];
}

/** @throws Usage when there is no such file or a line of it is not understood */
export async function readPolicy(file: string): Promise<Policy> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (cause) {
    throw new Usage(`cannot read ${file} (${textOf(cause)})`, { cause });
  }
  if (bytes.length > POLICY_BYTES_MAX) throw new Usage(`${file} is longer than ${POLICY_BYTES_MAX} bytes`);
  const draft = new Draft();
  // Octets beyond ASCII are opaque in a policy.
  for (const [i, line] of bytes.toString('latin1').split('\n').entries()) {
    try {
      draft.take(line);
    } catch (cause) {
      throw new Usage(`${file}, line ${i + 1}: ${textOf(cause)}`, { cause });
    }
  }
  return draft.finish(file);
}

/**
 * Checks who has cosigned a checkpoint. A line of a named witness that does not verify counts as broken, since somebody changed it.
 * @throws Broken when the quorum is not met, with the witnesses that are missing
 */
export function checkQuorum(policy: Policy, signed: Buffer, place: string): QuorumFindings {
  const { text, lines } = noteParts(signed, place);
  const times = new Map<string, number>();
  for (const { name, id, signature } of lines) {
    const witness = [...policy.witnesses.values()].find((one) => one.keyName === name && one.id === id);
    if (!witness) continue;
    const seconds = cosignedAt(witness, text, signature);
    if (seconds === undefined) throw new Broken(place, `the cosignature of ${witness.name} does not verify`);
    times.set(witness.name, seconds);
  }
  const missing = [...policy.witnesses.keys()].filter((name) => !times.has(name));
  if (policy.quorum !== 'none' && !isWitnessed(policy, policy.quorum, times))
    throw new Broken(place, `the quorum "${printable(policy.quorum)}" is not met: no cosignature of ${missing.map(printable).join(', ')}`);
  const cosigned = [...times].map(([name, seconds]) => ({ witness: printable(name), at: new Date(seconds * 1000).toISOString() }));
  return { cosigned, missing: missing.map(printable) };
}

function isWitnessed(policy: Policy, name: string, times: ReadonlyMap<string, number>): boolean {
  const group = policy.groups.get(name);
  if (!group) return times.has(name);
  return group.members.filter((member) => isWitnessed(policy, member, times)).length >= group.threshold;
}

/** C2SP tlog-cosignature, type 0x04: big-endian POSIX seconds, then Ed25519 over a time line and the note's text. */
function cosignedAt({ key }: Witness, text: string, signature: Buffer): number | undefined {
  if (signature.length !== TIME_BYTES + 64) return undefined;
  const seconds = Number(signature.readBigUInt64BE(0));
  if (seconds > 8_640_000_000_000) return undefined;
  const message = Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`);
  return verify(null, message, key, signature.subarray(TIME_BYTES)) ? seconds : undefined;
}

class Draft {
  private readonly logs: LogKey[] = [];
  private readonly further: FurtherKey[] = [];
  private readonly witnesses = new Map<string, Witness>();
  private readonly groups = new Map<string, Group>();
  private readonly members = new Set<string>();
  private readonly keys = new Set<string>();
  private quorum: string | undefined;

  take(line: string): void {
    const [kind, ...words] = line.split(/[ \t]+/).filter((word) => word !== '');
    if (kind === undefined || kind.startsWith('#')) return;
    if (/[^\t\x20-\x7e\x80-\xff]/.test(line)) throw new Usage('holds a control character');
    if (kind === 'log') this.takeLog(words);
    else if (kind === 'witness') this.takeWitness(words);
    else if (kind === 'group') this.takeGroup(words);
    else if (kind === 'quorum') this.takeQuorum(words);
    else throw new Usage('is none of log, witness, group, quorum');
  }

  finish(file: string): Policy {
    const { logs, further, witnesses, groups, quorum } = this;
    if (quorum === undefined) throw new Usage(`${file} has no quorum line`);
    if (logs.length + further.length > LINES_MAX || witnesses.size > LINES_MAX || groups.size > LINES_MAX)
      throw new Usage(`${file} has more than ${LINES_MAX} logs, witnesses or groups`);
    return { logs, further, witnesses, groups, quorum };
  }

  private takeLog([vkey, , ...more]: readonly string[]): void {
    if (vkey === undefined || more.length > 0) throw new Usage('a log has a key and perhaps an address');
    const further = parseFurtherKey(printable(vkey));
    if (further) return void this.further.push(further);
    const log = parseLogKey(printable(vkey), 'log');
    this.refuseKnownKey(log.publicKey);
    this.logs.push(log);
  }

  private takeWitness([name, vkey, , ...more]: readonly string[]): void {
    if (name === undefined || vkey === undefined || more.length > 0) throw new Usage('a witness has a name, a key and perhaps an address');
    this.refuseTaken(name);
    const match = /^([^\s+]+)\+([0-9a-f]{8})\+(\S+)$/u.exec(Buffer.from(vkey, 'latin1').toString('utf8'));
    const typed = exactBase64(match?.[3] ?? '');
    if (!match?.[1] || !match[2] || typed?.length !== 1 + KEY_BYTES || typed[0] !== COSIGNATURE)
      throw new Usage('not an Ed25519 cosigner key');
    const id = createHash('sha256').update(`${match[1]}\n`).update(typed).digest('hex').slice(0, 8);
    if (id !== match[2]) throw new Usage('the id does not fit the key');
    this.refuseKnownKey(typed.subarray(1));
    const key = createPublicKey({ key: Buffer.concat([SPKI_HEADER, typed.subarray(1)]), format: 'der', type: 'spki' });
    this.witnesses.set(name, { name, keyName: match[1], id, key });
  }

  private takeGroup([name, threshold, ...members]: readonly string[]): void {
    if (name === undefined || threshold === undefined || members.length === 0)
      throw new Usage('a group has a name, a threshold and members');
    this.refuseTaken(name);
    for (const member of members) {
      if (!this.witnesses.has(member) && !this.groups.has(member)) throw new Usage(`nothing above is named ${member}`);
      if (this.members.has(member)) throw new Usage(`${member} is a member twice`);
      this.members.add(member);
    }
    const count =
      threshold === 'any' ? 1 : threshold === 'all' ? members.length : /^[1-9]\d{0,3}$/.test(threshold) ? Number(threshold) : NaN;
    if (!(count <= members.length)) throw new Usage('the threshold is any, all or a number of members');
    this.groups.set(name, { threshold: count, members });
  }

  private takeQuorum([name, ...more]: readonly string[]): void {
    if (name === undefined || more.length > 0 || this.quorum !== undefined) throw new Usage('there is exactly one quorum');
    if (name !== 'none' && !this.witnesses.has(name) && !this.groups.has(name)) throw new Usage(`nothing above is named ${name}`);
    this.quorum = name;
  }

  private refuseTaken(name: string): void {
    if (name === 'none' || this.witnesses.has(name) || this.groups.has(name)) throw new Usage(`the name ${name} is taken`);
  }

  private refuseKnownKey(key: Buffer): void {
    if (this.keys.has(key.toString('hex'))) throw new Usage('this key is there already');
    this.keys.add(key.toString('hex'));
  }
}

function printable(name: string): string {
  return Buffer.from(name, 'latin1').toString('utf8');
}
