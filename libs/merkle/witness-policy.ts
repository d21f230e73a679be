import { AppError } from '#kernel';
import { parseCosignerKey, type Cosigner } from './cosignature.js';
import { isPrivateKeyText, parseVerifierKey, type NoteVerifier } from './note-key.js';

export const POLICY_BYTES_MAX = 256 * 1024;
/** The specification recommends room for 32 of each kind. */
const LINES_MAX = 64;

export interface PolicyWitness {
  readonly name: string;
  readonly cosigner: Cosigner;
  /** Submission prefix of C2SP tlog-witness, without a trailing slash; undefined when the policy serves verifying alone. */
  readonly url: string | undefined;
}

/** Whose checkpoints are believed, and how many witnesses must have cosigned them (C2SP tlog-policy). */
export interface WitnessPolicy {
  readonly logs: readonly NoteVerifier[];
  readonly witnesses: readonly PolicyWitness[];
  /** True when these keys (vkeys of cosigners whose cosignature was good) make up the quorum. */
  isMet(cosigned: ReadonlySet<string>): boolean;
}

interface Group {
  readonly threshold: number;
  readonly members: readonly string[];
}

/** @throws AppError `invalid` with the number of the line that is not understood */
export function parseWitnessPolicy(bytes: Uint8Array): WitnessPolicy {
  if (bytes.length > POLICY_BYTES_MAX) throw new AppError('invalid', `a policy has at most ${POLICY_BYTES_MAX} bytes`);
  const draft = new PolicyDraft();
  const lines = Buffer.from(bytes).toString('latin1').split('\n');
  for (const [i, line] of lines.entries()) {
    const words = line.split(/[ \t]+/).filter((word) => word !== '');
    if (words.length === 0 || words[0]?.startsWith('#')) continue;
    try {
      if (/[^\t\x20-\x7e\x80-\xff]/.test(line)) throw new AppError('invalid', 'holds a control character');
      draft.take(words);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new AppError('invalid', `line ${i + 1} of the policy: ${reason}`, { cause });
    }
  }
  return draft.finish();
}

class PolicyDraft {
  private readonly logs: NoteVerifier[] = [];
  private readonly witnesses = new Map<string, PolicyWitness>();
  private readonly groups = new Map<string, Group>();
  private readonly members = new Set<string>();
  private quorum: string | undefined;

  take([kind, ...words]: readonly string[]): void {
    if (kind === 'log') this.takeLog(words);
    else if (kind === 'witness') this.takeWitness(words);
    else if (kind === 'group') this.takeGroup(words);
    else if (kind === 'quorum') this.takeQuorum(words);
    else throw new AppError('invalid', 'is none of log, witness, group, quorum');
  }

  finish(): WitnessPolicy {
    const { quorum } = this;
    if (quorum === undefined) throw new AppError('invalid', 'a policy has a quorum line');
    return {
      logs: this.logs,
      witnesses: [...this.witnesses.values()],
      isMet: (cosigned) => quorum === 'none' || this.isWitnessed(quorum, cosigned),
    };
  }

  private takeLog([vkey, , ...more]: readonly string[]): void {
    if (vkey === undefined || more.length > 0) throw new AppError('invalid', 'a log has a key and perhaps an address');
    // A further key of a log, of a type that only auditors check; the ledger and its witnesses go by the Ed25519 key.
    if (isPrivateKeyText(fromLatin1(vkey))) return;
    const log = parseVerifierKey(fromLatin1(vkey));
    if (this.logs.some((one) => keyPart(one.vkey) === keyPart(log.vkey))) throw new AppError('invalid', 'this log is there already');
    this.logs.push(log);
    if (this.logs.length > LINES_MAX) throw new AppError('invalid', `more than ${LINES_MAX} logs`);
  }

  private takeWitness([name, vkey, url, ...more]: readonly string[]): void {
    if (name === undefined || vkey === undefined || more.length > 0)
      throw new AppError('invalid', 'a witness has a name, a key and perhaps an address');
    this.refuseTaken(name);
    const cosigner = parseCosignerKey(fromLatin1(vkey));
    if ([...this.witnesses.values()].some((one) => keyPart(one.cosigner.vkey) === keyPart(cosigner.vkey)))
      throw new AppError('invalid', 'the key of this witness is there already');
    if (url !== undefined && !/^https?:\/\//.test(url)) throw new AppError('invalid', 'the address of a witness begins with http');
    this.witnesses.set(name, { name: fromLatin1(name), cosigner, url: url?.replace(/\/+$/, '') });
    if (this.witnesses.size > LINES_MAX) throw new AppError('invalid', `more than ${LINES_MAX} witnesses`);
  }

  private takeGroup([name, threshold, ...members]: readonly string[]): void {
    if (name === undefined || threshold === undefined || members.length === 0)
      throw new AppError('invalid', 'a group has a name, a threshold and members');
    this.refuseTaken(name);
    for (const member of members) {
      if (!this.witnesses.has(member) && !this.groups.has(member)) throw new AppError('invalid', `nothing above is named ${member}`);
      if (this.members.has(member)) throw new AppError('invalid', `${member} is a member twice`);
      this.members.add(member);
    }
    const words: Readonly<Record<string, number>> = { any: 1, all: members.length };
    const count = words[threshold] ?? (/^[1-9]\d{0,3}$/.test(threshold) ? Number(threshold) : NaN);
    if (!(count >= 1 && count <= members.length)) throw new AppError('invalid', 'the threshold is any, all or a number of members');
    this.groups.set(name, { threshold: count, members });
    if (this.groups.size > LINES_MAX) throw new AppError('invalid', `more than ${LINES_MAX} groups`);
  }

  private takeQuorum([name, ...more]: readonly string[]): void {
    if (name === undefined || more.length > 0 || this.quorum !== undefined) throw new AppError('invalid', 'there is exactly one quorum');
    if (name !== 'none' && !this.witnesses.has(name) && !this.groups.has(name))
      throw new AppError('invalid', `nothing above is named ${name}`);
    this.quorum = name;
  }

  private refuseTaken(name: string): void {
    if (name === 'none' || this.witnesses.has(name) || this.groups.has(name)) throw new AppError('invalid', `the name ${name} is taken`);
  }

  private isWitnessed(name: string, cosigned: ReadonlySet<string>): boolean {
    const witness = this.witnesses.get(name);
    if (witness) return cosigned.has(witness.cosigner.vkey);
    const group = this.groups.get(name);
    return group !== undefined && group.members.filter((member) => this.isWitnessed(member, cosigned)).length >= group.threshold;
  }
}

/** Two keys are the same when their bytes are, whatever they are called. */
function keyPart(vkey: string): string {
  return vkey.slice(vkey.indexOf('+', vkey.indexOf('+') + 1) + 1);
}

function fromLatin1(octets: string): string {
  return Buffer.from(octets, 'latin1').toString('utf8');
}
