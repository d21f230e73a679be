import { SIGNATURE_ALGORITHMS, signDetached, verifyDetached, type SignerPort, type VerifierPort } from '#trust';

/** Header of an HTTP message, and the content of a sidecar file: `<keyId>;<algorithm>;<base64url>`. */
export const SIGNATURE_HEADER = 'x-chakong-signature';

const FORM = new RegExp(`^([0-9A-Za-z._-]{1,80});((?:${SIGNATURE_ALGORITHMS.join('|')});[0-9A-Za-z_-]{1,200})$`);

/** Signs one bank's messages and verifies the court's. */
export class MessageSignatures {
  constructor(
    private readonly bank: SignerPort,
    private readonly court: readonly VerifierPort[],
  ) {}

  async sign(bytes: Uint8Array): Promise<string> {
    return `${this.bank.keyId};${(await signDetached(this.bank, bytes)).replace(':', ';')}`;
  }

  /** Whether one of the court's keys signed exactly these bytes. */
  async isOfCourt(bytes: Uint8Array, header: string | undefined): Promise<boolean> {
    const match = FORM.exec(header?.trim() ?? '');
    const verifier = this.court.find((key) => key.keyId === match?.[1]);
    return verifier !== undefined && (await verifyDetached(verifier, bytes, (match?.[2] ?? '').replace(';', ':'))).valid;
  }
}
