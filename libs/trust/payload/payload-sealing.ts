import type { Entropy } from '#kernel';
import { openPayload, sealPayload, type OpenedPayload } from './payload-envelope.js';
import type { PayloadKey, PayloadRecipient } from './payload-keys.js';

/** How one side of an exchange encrypts what it sends and reads what it is sent. */
export interface PayloadSealing {
  seal(bytes: Uint8Array): Promise<Buffer>;
  /** Answers for every input. */
  open(envelope: Buffer): Promise<OpenedPayload>;
}

/** Envelopes of SM4 between two sides, each with a key of encryption of its own. */
export class Sm4Sealing implements PayloadSealing {
  /** @param own the key that others seal to @param peer whom this side seals to */
  constructor(
    private readonly own: PayloadKey,
    private readonly peer: PayloadRecipient,
    private readonly entropy: Entropy,
  ) {}

  seal(bytes: Uint8Array): Promise<Buffer> {
    return sealPayload(bytes, this.peer, this.entropy);
  }

  open(envelope: Buffer): Promise<OpenedPayload> {
    return openPayload(envelope, [this.own]);
  }
}
