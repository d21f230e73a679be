import { signDetached, verifyDetached, type SignerPort, type VerifierPort } from '#trust';

/** Header of an HTTP message, and the content of a sidecar file: `<keyId>;ed25519;<base64url>`. */
export const SIGNATURE_HEADER = 'x-chakong-signature';

const DETACHED = 'ed25519:';
const FORM = /^([0-9A-Za-z._-]{1,80});ed25519;([0-9A-Za-z_-]{1,200})$/;

/** Signs one bank's messages and verifies the court's. */
export class MessageSignatures {
  constructor(
    private readonly bank: SignerPort,
    private readonly court: readonly VerifierPort[],
  ) {}

  async sign(bytes: Uint8Array): Promise<string> {
    const signature = await signDetached(this.bank, bytes);
    return `${this.bank.keyId};ed25519;${signature.slice(DETACHED.length)}`;
  }

  /** Whether one of the court's keys signed exactly these bytes. */
  isOfCourt(bytes: Uint8Array, header: string | undefined): boolean {
    const match = FORM.exec(header?.trim() ?? '');
    const verifier = this.court.find((key) => key.keyId === match?.[1]);
    return verifier !== undefined && verifyDetached(verifier, bytes, `${DETACHED}${match?.[2] ?? ''}`).valid;
  }
}
