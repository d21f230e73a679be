import { AppError } from '#kernel';
import { exactBase64 } from './exact-base64.js';
import { HASH_BYTES } from './hashing.js';
import { NOTE_BYTES_MAX } from './note.js';

/** C2SP tlog-witness: a client must not send more proof lines. */
const PROOF_HASHES_MAX = 63;
const PROOF_LINE_BYTES = 45;
export const ADD_CHECKPOINT_BYTES_MAX = NOTE_BYTES_MAX + 64 + PROOF_HASHES_MAX * PROOF_LINE_BYTES;

/** What a log asks of a witness (C2SP tlog-witness, `add-checkpoint`). */
export interface AddCheckpoint {
  /** Size that the log believes the witness cosigned last; 0 for none. */
  readonly old: number;
  /** Consistency proof from `old` to the checkpoint (RFC 6962 section 2.1.2). */
  readonly proof: readonly Buffer[];
  /** The signed note, byte for byte. */
  readonly checkpoint: Buffer;
}

export function formatAddCheckpoint({ old, proof, checkpoint }: AddCheckpoint): Buffer {
  const head = [`old ${old}`, ...proof.map((hash) => hash.toString('base64'))].join('\n');
  return Buffer.concat([Buffer.from(`${head}\n\n`), checkpoint]);
}

/** @throws AppError `invalid` */
export function parseAddCheckpoint(body: Uint8Array): AddCheckpoint {
  if (body.length > ADD_CHECKPOINT_BYTES_MAX) throw new AppError('invalid', 'the request is too long');
  const bytes = Buffer.from(body);
  const blank = bytes.indexOf('\n\n');
  const [first, ...lines] = blank < 0 ? [] : bytes.toString('latin1', 0, blank).split('\n');
  const old = Number(/^old (0|[1-9]\d{0,15})$/.exec(first ?? '')?.[1] ?? NaN);
  if (!Number.isSafeInteger(old)) throw new AppError('invalid', 'a request begins with the old size');
  if (lines.length > PROOF_HASHES_MAX) throw new AppError('invalid', `a proof has at most ${PROOF_HASHES_MAX} hashes`);
  const proof = lines.map((line) => {
    const hash = exactBase64(line);
    if (hash?.length !== HASH_BYTES) throw new AppError('invalid', 'a line of the proof is not a hash');
    return hash;
  });
  return { old, proof, checkpoint: bytes.subarray(blank + 2) };
}
