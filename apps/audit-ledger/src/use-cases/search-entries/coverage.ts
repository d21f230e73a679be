import { instantText } from '#kernel';
import { cosignaturesOf, type Cosigner } from '#merkle';
import type { PublishedLog } from '../prove-entries/published-logs.js';

const MS_PER_SECOND = 1_000;

/** The checkpoint that covers an entry, and who else has seen it. */
export interface Coverage {
  readonly origin: string;
  readonly size: number;
  /** Base64, as in the checkpoint. */
  readonly root: string;
  /** Witnesses of the policy whose good cosignature the published note carries. */
  readonly cosignedBy: readonly { readonly witness: string; readonly at: string }[];
}

/** Reads off a published head what it says about the entries below it. */
export function coverageOf({ head }: PublishedLog, witnesses: readonly Cosigner[]): Coverage {
  const cosignedBy = cosignaturesOf(head.checkpoint, witnesses).map(({ cosigner, seconds }) => ({
    witness: cosigner.name,
    at: instantText(seconds * MS_PER_SECOND),
  }));
  return { origin: head.origin, size: head.size, root: Buffer.from(head.root, 'hex').toString('base64'), cosignedBy };
}
