import { AppError } from '#kernel';
import { openCheckpoint, type Checkpoint } from './checkpoint.js';
import { exactBase64 } from './exact-base64.js';
import { HASH_BYTES, leafHash } from './hashing.js';
import type { NoteVerifier } from './note-key.js';
import { NOTE_BYTES_MAX } from './note.js';
import { verifyInclusion } from './verify-proof.js';

const HEADER = 'c2sp.org/tlog-proof@v1';

/** A tree below 2^53 leaves has no longer path. */
const PROOF_HASHES_MAX = 63;

/** A self-contained proof of one entry (C2SP tlog-proof): its place, the audit path and the signed checkpoint. */
export interface TlogProof {
  readonly index: number;
  readonly hashes: readonly Buffer[];
  /** The signed note, byte for byte. */
  readonly checkpoint: Buffer;
  /** Opaque and not covered by any signature: never trust it. */
  readonly extra?: Buffer;
}

export function formatTlogProof(proof: TlogProof): string {
  const extra = proof.extra ? [`extra ${proof.extra.toString('base64')}`] : [];
  const lines = [HEADER, ...extra, `index ${proof.index}`, ...proof.hashes.map((hash) => hash.toString('base64'))];
  return `${lines.join('\n')}\n\n${proof.checkpoint.toString('utf8')}`;
}

/** @throws AppError `invalid` */
export function parseTlogProof(text: string): TlogProof {
  if (text.length > NOTE_BYTES_MAX) throw new AppError('invalid', 'the proof is too long');
  const blank = text.indexOf('\n\n');
  const lines = blank < 0 ? [] : text.slice(0, blank).split('\n');
  if (lines.shift() !== HEADER) throw new AppError('invalid', `a proof begins with ${HEADER}`);
  const extra = lines[0]?.startsWith('extra ') ? exactBase64(lines.shift()?.slice('extra '.length) ?? '') : null;
  if (extra === undefined) throw new AppError('invalid', 'the extra line is not base64');
  const indexText = /^index (0|[1-9]\d{0,15})$/.exec(lines.shift() ?? '')?.[1];
  const index = Number(indexText);
  if (indexText === undefined || !Number.isSafeInteger(index)) throw new AppError('invalid', 'a proof names the index of its entry');
  if (lines.length > PROOF_HASHES_MAX) throw new AppError('invalid', `a proof has at most ${PROOF_HASHES_MAX} hashes`);
  const hashes = lines.map((line) => {
    const hash = exactBase64(line);
    if (hash?.length !== HASH_BYTES) throw new AppError('invalid', 'a line of the path is not a hash');
    return hash;
  });
  return { index, hashes, checkpoint: Buffer.from(text.slice(blank + 2), 'utf8'), ...(extra ? { extra } : {}) };
}

/**
 * Checks that the entry stands in the log at the proof's index, under a checkpoint that the key signed.
 * @returns the checkpoint that covers it
 * @throws AppError `invalid`, `signature-invalid` or `proof-invalid`
 */
export function verifyTlogProof(proof: TlogProof, entry: Uint8Array, verifier: NoteVerifier): Checkpoint {
  const checkpoint = openCheckpoint(proof.checkpoint, verifier);
  const { size, root } = checkpoint;
  const holds = verifyInclusion({ index: proof.index, size, root, leafHash: leafHash(entry), proof: proof.hashes });
  if (!holds) throw new AppError('proof-invalid', 'the entry is not in the log at this place');
  return checkpoint;
}
