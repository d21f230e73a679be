import type { CallBackKind, HeardBytes, JudgedSignature, WireSignatures } from '#connector-sdk';
import type { Entropy, Instant, RealTime } from '#kernel';
import type { KeyRing, SignerPort } from '#trust';
import { COURT_AUDIENCE, JWS_HEADER, type JwsMessage } from './jws/header.js';
import { signJws, type SignedValue } from './jws/sign.js';
import { JWS_SKEW_MS, verifyJws, type Expected } from './jws/verify.js';

/** Which signatures have been let in. It survives the process, or a restart would open a door of five minutes. */
export interface SeenSignatures {
  /** Notes it, and says false when it was noted before. It may be forgotten after `until`, in real time. */
  isFirst(jti: string, until: Instant): Promise<boolean>;
}

export interface CourtSignaturesParts {
  readonly bank: string;
  readonly signer: SignerPort;
  readonly ring: KeyRing;
  readonly seen: SeenSignatures;
  readonly time: RealTime;
  readonly entropy: Entropy;
}

/**
 * The court's side of the dialect's signatures (docs/dialects/realtime-json.md, Signatures). They go by real time, as TLS does: no jump
 * of business time may make a signature old.
 */
export class CourtSignatures implements WireSignatures {
  readonly header = JWS_HEADER;
  readonly refusesForgedCallBacks = true;

  constructor(private readonly parts: CourtSignaturesParts) {}

  /** Nothing is kept: a signature has a time and a name of its own, so each call is signed anew. */
  keepWith(): Promise<string> {
    return Promise.resolve('');
  }

  /** For a call of ours; its `jti` is what the reply must name. */
  signCall(bytes: Uint8Array, msg: Extract<JwsMessage, 'order' | 'query' | 'day-query'>, sub: string): Promise<SignedValue> {
    const { signer, bank, time, entropy } = this.parts;
    return signJws(signer, bytes, { aud: bank, msg, sub }, { at: time.realNow(), entropy });
  }

  judgeReply(heard: HeardBytes, orderNumber: string): Promise<JudgedSignature> {
    return this.judge(heard, { msg: 'answer', sub: orderNumber, irt: heard.inReplyTo });
  }

  /** What the bank says of an order that it has not answered: taken, never seen, refused. */
  judgeState(heard: HeardBytes, orderNumber: string): Promise<JudgedSignature> {
    return this.judge(heard, { msg: 'state', sub: orderNumber, irt: heard.inReplyTo });
  }

  /** A page of the bank's statement; `sub` names days and page. */
  judgeDay(heard: HeardBytes, sub: string): Promise<JudgedSignature> {
    return this.judge(heard, { msg: 'day-statement', sub, irt: heard.inReplyTo });
  }

  /** No reply names a call of ours a second time; only what comes unasked has to be remembered. */
  async judgeCallBack(heard: HeardBytes, kind: CallBackKind): Promise<JudgedSignature> {
    return this.judge(heard, { msg: kind }, (jti, until) => this.parts.seen.isFirst(jti, until));
  }

  private async judge(
    heard: HeardBytes,
    expected: Omit<Expected, 'aud'>,
    isFirst: SeenSignatures['isFirst'] = () => Promise.resolve(true),
  ): Promise<JudgedSignature> {
    if (heard.signature === undefined || heard.signature === '') return { worth: { signature: 'absent' }, fault: 'jws-absent' };
    // What was signed stood in an envelope; nothing outside of it counts, however well it is signed.
    if (heard.fault !== undefined) return invalid(heard.fault);
    const { bank, ring, time } = this.parts;
    const at = time.realNow();
    const surroundings = { at, keyOf: (kid: string) => ring.find(bank, kid, at) };
    const verdict = await verifyJws(heard.signature, heard.bytes, { aud: COURT_AUDIENCE, ...expected }, surroundings);
    if (!verdict.valid) return invalid(verdict.fault, verdict.keyId);
    const { jti, iat, kid, sub } = verdict.header;
    if (!(await isFirst(jti, iat * 1000 + JWS_SKEW_MS))) return invalid('jti-replayed', kid);
    return { worth: { signature: 'valid', keyId: kid }, subject: sub };
  }
}

function invalid(fault: string, keyId?: string): JudgedSignature {
  return { worth: { signature: 'invalid', ...(keyId === undefined ? {} : { keyId }) }, fault };
}
