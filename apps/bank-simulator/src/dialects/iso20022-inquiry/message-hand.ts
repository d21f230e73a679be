import { DOMParser } from '@xmldom/xmldom';
import { SignedXml } from 'xml-crypto';
import { errorText, type Log } from '#kernel';
import { RESPONSE_ID } from './response-writer.js';

const DSIG = 'http://www.w3.org/2000/09/xmldsig#';
const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const RSA_SHA256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';
const SHA256 = 'http://www.w3.org/2001/04/xmlenc#sha256';
const REQUEST_REFERENCE = '#applicationRequest';

/** PEM texts: what the bank signs with, and the court's certificates that it knows. With none it takes requests that nobody has signed. */
export interface MessageKeys {
  readonly certificate: string;
  readonly key: string;
  readonly court: readonly string[];
}

/** The bank's own hand at signatures of XML, without the court's code. */
export class MessageHand {
  constructor(
    private readonly keys: MessageKeys,
    private readonly log: Log,
  ) {}

  /** The same text gives the same message: the algorithm has no chance in it. */
  sign(text: string): Buffer {
    const { certificate, key } = this.keys;
    const signer = new SignedXml({
      privateKey: key,
      publicCert: certificate,
      signatureAlgorithm: RSA_SHA256,
      canonicalizationAlgorithm: EXCLUSIVE,
    });
    signer.idAttributes = ['id'];
    const transforms = [`${DSIG}enveloped-signature`, EXCLUSIVE];
    signer.addReference({ xpath: `//*[@id='${RESPONSE_ID}']`, digestAlgorithm: SHA256, transforms });
    // The header of the request comes back inside without its signature, so there is one place.
    const reference = "//*[local-name(.)='AppHdr']/*[local-name(.)='Sgntr']";
    signer.computeSignature(text, { location: { reference, action: 'append' } });
    return Buffer.from(signer.getSignedXml(), 'utf8');
  }

  /** Whether the court has signed exactly this request. */
  isOfCourt(bytes: Buffer): boolean {
    const { court } = this.keys;
    return court.length === 0 || court.some((certificate) => this.isSignedBy(bytes.toString('utf8'), certificate));
  }

  private isSignedBy(text: string, certificate: string): boolean {
    try {
      const signatures = new DOMParser().parseFromString(text, 'text/xml').getElementsByTagNameNS(DSIG, 'Signature');
      const [signature] = Array.from({ length: signatures.length }, (_, n) => signatures[n]);
      if (!signature || signatures.length !== 1) return false;
      const verifier = new SignedXml({ publicCert: certificate, getCertFromKeyInfo: () => null });
      verifier.idAttributes = ['id'];
      verifier.loadSignature(signature);
      const [only, ...more] = verifier.getReferences();
      return more.length === 0 && only?.uri === REQUEST_REFERENCE && verifier.checkSignature(text);
    } catch (error) {
      this.log.write('info', 'simulator-signature-refused', { reason: errorText(error) });
      return false;
    }
  }
}
