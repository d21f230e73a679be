import type { HeardBytes } from '#connector-sdk';
import type { PayloadSealing } from '#trust';

/**
 * The envelopes of a bank with `payload: sm4` (docs/dialects/realtime-json.md, Encryption). Signatures are over what is inside, so that what is
 * kept as the bank's word can be verified for ever, also when the keys of encryption are gone.
 */
export class Payloads {
  /** @param sealing left out: bodies travel as they are */
  constructor(private readonly sealing?: PayloadSealing) {}

  seal(bytes: Buffer): Promise<Buffer> {
    return this.sealing ? this.sealing.seal(bytes) : Promise.resolve(bytes);
  }

  /** Takes the bytes that were signed out of their envelope. Without a good envelope they stay as they came, and what is wrong is said. */
  async open(heard: HeardBytes): Promise<HeardBytes> {
    if (!this.sealing) return heard;
    const opened = await this.sealing.open(heard.bytes);
    return 'fault' in opened ? { ...heard, fault: opened.fault } : { ...heard, bytes: opened.bytes };
  }
}
