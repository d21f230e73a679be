import { AppError, type Clock, type Log } from '#kernel';
import {
  openCheckpoint,
  parseAddCheckpoint,
  parseCheckpoint,
  parseNote,
  signatureLine,
  verifyConsistency,
  type AddCheckpoint,
  type Checkpoint,
  type CosignatureSigner,
  type NoteVerifier,
} from '#merkle';
import type { Database } from '#persistence';
import type { WitnessHead, WitnessHeadRows } from '../../adapters/store/witness-heads.js';

/** What `add-checkpoint` answers (C2SP tlog-witness); the adapter turns it into a status and a body. */
export type WitnessAnswer =
  | { readonly kind: 'cosigned'; readonly lines: string }
  | { readonly kind: 'conflict'; readonly size: number }
  | { readonly kind: 'malformed' | 'unknown-origin' | 'bad-signature' | 'old-beyond-checkpoint' | 'bad-proof'; readonly reason: string };

export interface WitnessParts {
  readonly database: Database;
  readonly heads: WitnessHeadRows;
  readonly signer: CosignatureSigner;
  /** The keys of the logs that are followed; the name of each is its log's origin. */
  readonly logs: readonly NoteVerifier[];
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Cosigns a checkpoint when it continues the newest one of the same log that was cosigned before. The check is made against a head that
 * was read first, and the head moves by compare-and-set from exactly that one, so two requests at once can never take it back.
 */
export class WitnessCheckpoint {
  constructor(private readonly parts: WitnessParts) {}

  async execute(body: Uint8Array): Promise<WitnessAnswer> {
    const asked = this.read(body);
    if ('kind' in asked) return asked;
    const { origin, size, root } = asked.checkpoint;
    if (asked.request.old > size) return { kind: 'old-beyond-checkpoint', reason: 'the old size is beyond the checkpoint' };
    const head = await this.parts.heads.of(origin);
    if (asked.request.old !== (head?.size ?? 0)) return { kind: 'conflict', size: head?.size ?? 0 };
    const refused = checkContinues(asked.request, asked.checkpoint, head);
    if (refused) return this.refuse(refused, asked.checkpoint, head);
    const to = { origin, size, root: root.toString('hex'), checkpoint: asked.request.checkpoint };
    const moved = await this.parts.database.run((tx) => this.parts.heads.advance(tx, head, to, this.parts.clock.now()));
    if (!moved) return { kind: 'conflict', size: (await this.parts.heads.of(origin))?.size ?? 0 };
    const seconds = Math.floor(this.parts.clock.now() / 1000);
    return { kind: 'cosigned', lines: signatureLine(this.parts.signer.cosign(asked.text, seconds)) };
  }

  private read(body: Uint8Array): WitnessAnswer | { request: AddCheckpoint; checkpoint: Checkpoint; text: string } {
    try {
      const request = parseAddCheckpoint(body);
      const { text } = parseNote(request.checkpoint);
      const { origin } = parseCheckpoint(text);
      const verifier = this.parts.logs.find((one) => one.name === origin);
      if (!verifier) return { kind: 'unknown-origin', reason: 'this witness does not follow the log' };
      return { request, checkpoint: openCheckpoint(request.checkpoint, verifier), text };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (error.code === 'signature-invalid') return { kind: 'bad-signature', reason: error.message };
      if (error.code === 'invalid') return { kind: 'malformed', reason: error.message };
      throw error;
    }
  }

  /** The log signed something that does not continue what it signed before, or its client is broken: both are worth a look. */
  private refuse(answer: WitnessAnswer, { origin, size, root }: Checkpoint, head: WitnessHead | undefined): WitnessAnswer {
    const fields = { origin, size, root: root.toString('hex'), cosignedSize: head?.size, cosignedRoot: head?.root };
    this.parts.log.write('error', 'witness-refused', fields);
    return answer;
  }
}

/** Undefined when the checkpoint continues the head (RFC 6962 section 2.1.2), otherwise the answer that says why not. */
function checkContinues(
  { old, proof }: AddCheckpoint,
  { size, root }: Checkpoint,
  head: WitnessHead | undefined,
): WitnessAnswer | undefined {
  // Nothing precedes a tree that was empty: any tree continues it, and there is nothing to prove.
  if (old === 0 && proof.length > 0) return { kind: 'bad-proof', reason: 'nothing is to be proven from size 0' };
  if (head && old === size) {
    if (!root.equals(Buffer.from(head.root, 'hex'))) return { kind: 'conflict', size: head.size };
    return proof.length > 0 ? { kind: 'bad-proof', reason: 'nothing is to be proven between equal sizes' } : undefined;
  }
  if (old === 0) return undefined;
  const fromRoot = Buffer.from(head?.root ?? '', 'hex');
  const holds = verifyConsistency({ from: old, to: size, fromRoot, toRoot: root, proof });
  return holds ? undefined : { kind: 'bad-proof', reason: 'the proof does not lead from the cosigned root to this one' };
}
