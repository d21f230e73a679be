import type { X509Certificate } from 'node:crypto';
import type { HeardBytes, JudgedSignature, WireSignatures } from '#connector-sdk';
import type { RealTime } from '#kernel';
import { readMessage } from './read-message.js';
import { Refusal } from './refusal.js';

/**
 * Signatures stand inside the messages here. Ours is made anew at each call, and is the same each time; the bank's counts by the certificates
 * that were named, in real time, as TLS does. Nothing comes unasked, so every call-back is refused.
 */
export class MessageSignatures implements WireSignatures {
  readonly header = 'signature';
  readonly refusesForgedCallBacks = true;

  constructor(
    private readonly trusted: readonly X509Certificate[],
    private readonly time: RealTime,
  ) {}

  keepWith(): Promise<string> {
    return Promise.resolve('');
  }

  async judgeReply({ bytes }: HeardBytes, orderNumber: string): Promise<JudgedSignature> {
    try {
      const { signature } = readMessage(bytes, { certificates: this.trusted, at: new Date(this.time.realNow()) });
      if (typeof signature === 'string') return { worth: { signature: 'absent' }, fault: signature };
      const keyId = signature.certificate.fingerprint256.replace(/:/g, '').toLowerCase();
      return { worth: { signature: 'valid', keyId }, subject: orderNumber };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { worth: { signature: error.code === 'signature-missing' ? 'absent' : 'invalid' }, fault: error.code };
    }
  }

  judgeCallBack(): Promise<JudgedSignature> {
    return Promise.resolve({ worth: { signature: 'invalid' }, fault: 'no-call-backs' });
  }
}
