import { X509Certificate } from 'node:crypto';
import { DOMParser } from '@xmldom/xmldom';
import { SignedXml } from 'xml-crypto';
import { errorText, type Log, type RealTime } from '#kernel';
import { idInBody } from './request-reader.js';
import { RESPONSE_ID } from './response-writer.js';

const DSIG = 'http://www.w3.org/2000/09/xmldsig#';
const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const RSA_SHA256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';
const SHA256 = 'http://www.w3.org/2001/04/xmlenc#sha256';
/** The court's algorithms, and no others. */
const ALGORITHMS = new Set([RSA_SHA256, 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512']);
const REQUEST_ID = 'applicationRequest';

/** A certificate and its key, PEM. */
export interface MessageKey {
  readonly certificate: string;
  readonly key: string;
}

/** PEM texts: what the bank signs with, and the court's certificates that it knows. With none it takes requests that nobody has signed. */
export interface MessageKeys extends MessageKey {
  readonly court: readonly string[];
  /** Hands by which a bank signs that does wrong, by their names. */
  readonly wrong?: ReadonlyMap<string, MessageKey>;
}

/** The bank's own hand at signatures of XML, without the court's code. */
export class MessageHand {
  constructor(
    private readonly keys: MessageKeys,
    private readonly time: RealTime,
    private readonly log: Log,
  ) {}

  /** The same text gives the same message: the algorithm has no chance in it. */
  sign(text: string, wrongHand?: string): Buffer {
    const { certificate, key } = (wrongHand === undefined ? undefined : this.keys.wrong?.get(wrongHand)) ?? this.keys;
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

  /** What of a request the court has signed, which is all of it that counts; undefined when the court has not. */
  signedByCourt(bytes: Buffer): Buffer | undefined {
    const { court } = this.keys;
    if (court.length === 0) return bytes;
    // What is read must be what was signed: not another element beside it, to which the reference still leads.
    if (idInBody(bytes) !== REQUEST_ID) return undefined;
    for (const pem of court) {
      const signed = this.isInTime(pem) ? this.signedBy(bytes.toString('utf8'), pem) : undefined;
      if (signed !== undefined) return Buffer.from(signed, 'utf8');
    }
    return undefined;
  }

  private isInTime(pem: string): boolean {
    const { validFrom, validTo } = new X509Certificate(pem);
    const now = this.time.realNow();
    return now >= Date.parse(validFrom) && now <= Date.parse(validTo);
  }

  private signedBy(text: string, certificate: string): string | undefined {
    try {
      const signatures = new DOMParser().parseFromString(text, 'text/xml').getElementsByTagNameNS(DSIG, 'Signature');
      const [signature] = Array.from({ length: signatures.length }, (_, n) => signatures[n]);
      if (!signature || signatures.length !== 1) return undefined;
      const verifier = new SignedXml({ publicCert: certificate, getCertFromKeyInfo: () => null });
      verifier.idAttributes = ['id'];
      verifier.loadSignature(signature);
      const [only, ...more] = verifier.getReferences();
      const isOfForm = more.length === 0 && only?.uri === `#${REQUEST_ID}` && ALGORITHMS.has(verifier.signatureAlgorithm ?? '');
      return isOfForm && verifier.checkSignature(text) ? verifier.getSignedReferences()[0] : undefined;
    } catch (error) {
      this.log.write('info', 'simulator-signature-refused', { reason: errorText(error) });
      return undefined;
    }
  }
}
