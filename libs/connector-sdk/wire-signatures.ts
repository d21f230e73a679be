import type { Clock } from '#kernel';
import type { KeyRing, SignerPort } from '#trust';
import type { HeardBytes } from './outcomes.js';
import { orderNumberHint } from './order-number-hint.js';
import { judgeSignature, signForWire, SIGNATURE_HEADER, type SignatureWorth } from './wire-signature.js';

/** What a bank's signature is worth, and what it says. */
export interface JudgedSignature {
  readonly worth: SignatureWorth;
  /** Why it is not valid: a stable code for logs. */
  readonly fault?: string;
  /** The number of the order, or of the notice, that the bytes are about, as far as the dialect can tell without reading them. */
  readonly subject?: string;
}

/** What a bank brings by itself. */
export type CallBackKind = 'answer' | 'notice';

/** How a dialect signs what it sends and judges what it hears. The app decides by the verdict and never by the dialect's name. */
export interface WireSignatures {
  /** The HTTP header of a call-back's signature, in small letters. */
  readonly header: string;
  /** What is kept beside an order's bytes for ever; empty where each call is signed anew. */
  keepWith(bytes: Buffer): Promise<string>;
  /** Judges the reply to a call about this order. Answers for every input. */
  judgeReply(heard: HeardBytes, orderNumber: string): Promise<JudgedSignature>;
  /** Judges what the bank brought. Where the dialect promises it, one that was judged valid before is `invalid` now. Answers for every input. */
  judgeCallBack(heard: HeardBytes, kind: CallBackKind): Promise<JudgedSignature>;
  /** A call-back that is not valid changes nothing and is refused. Else it is kept, and what it is about is in doubt. */
  readonly refusesForgedCallBacks: boolean;
}

/** `wire-signature.ts` for a whole dialect: made once with the bytes, and the same wherever they turn up. */
export class KeptSignatures implements WireSignatures {
  readonly header = SIGNATURE_HEADER;
  readonly refusesForgedCallBacks = false;

  constructor(
    private readonly bank: string,
    private readonly signer: SignerPort,
    private readonly ring: KeyRing,
    private readonly clock: Clock,
  ) {}

  keepWith(bytes: Buffer): Promise<string> {
    return signForWire(this.signer, bytes);
  }

  async judgeReply(heard: HeardBytes, orderNumber: string): Promise<JudgedSignature> {
    return { worth: await this.judge(heard), subject: orderNumber };
  }

  async judgeCallBack(heard: HeardBytes): Promise<JudgedSignature> {
    const subject = orderNumberHint(heard.bytes);
    return { worth: await this.judge(heard), ...(subject === undefined ? {} : { subject }) };
  }

  private judge(heard: HeardBytes): Promise<SignatureWorth> {
    return judgeSignature(this.ring, this.bank, heard, this.clock.now());
  }
}
