import { X509Certificate } from 'node:crypto';
import { SignedXml } from 'xml-crypto';
import { errorText } from '#kernel';
import { childElements, everyElement, isComment, isNamed, nodesOf, textOf } from './elements.js';
import { Refusal } from './refusal.js';

export const DSIG = 'http://www.w3.org/2000/09/xmldsig#';
const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const ENVELOPED = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature';
const SIGNATURES = new Set(['http://www.w3.org/2001/04/xmldsig-more#rsa-sha256', 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512']);
const DIGESTS = new Set(['http://www.w3.org/2001/04/xmlenc#sha256', 'http://www.w3.org/2001/04/xmlenc#sha512']);
const ID_ATTRIBUTES = ['id', 'Id', 'ID'];
const RSA_BITS_MIN = 2048;

/** What a signature was found to be: of whom, and the bytes that it covers, which are the only ones to read. */
export interface GoodSignature {
  readonly certificate: X509Certificate;
  readonly signedXml: string;
}

/** Whose signatures are taken, and the moment at which a certificate must be valid. */
export interface SignatureTrust {
  /** Exactly these certificates, and no message without a signature; undefined takes the one in the message, which then proves no more than that nothing was changed after signing. */
  readonly certificates: readonly X509Certificate[] | undefined;
  readonly at: Date;
}

/** A certificate that is out of date says nothing about a message, neither good nor bad. */
export class OutOfDate extends Error {}

/**
 * Judges the one signature of a message: everything about its form that is not exactly as the profile has it is refused before any
 * cryptography. `signature-attacks.spec.ts` has the attacks by name.
 * @param covered the element that must be signed as a whole
 * @param signature the element in its header
 * @throws Refusal `signature-structure`, `signature-invalid` or `certificate-untrusted`; OutOfDate
 */
export function judgeSignature(text: string, covered: Element, signature: Element, trust: SignatureTrust): GoodSignature {
  assertForm(covered, signature);
  const certificate = certificateOf(signature);
  if (trust.certificates && !trust.certificates.some((one) => one.fingerprint512 === certificate.fingerprint512))
    throw new Refusal('certificate-untrusted', `nobody vouches for the certificate of ${subjectOf(certificate)}`);
  assertKey(certificate);
  const [from, to] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo)];
  if (trust.at.getTime() < from || trust.at.getTime() > to) {
    const reason = `the certificate of ${subjectOf(certificate)} is valid from ${certificate.validFrom} to ${certificate.validTo}`;
    if (trust.certificates) throw new Refusal('certificate-untrusted', reason);
    throw new OutOfDate(reason);
  }
  return { certificate, signedXml: verified(text, signature, certificate) };
}

function verified(text: string, signature: Element, certificate: X509Certificate): string {
  const signed = new SignedXml({ publicCert: certificate.toString(), getCertFromKeyInfo: () => null });
  signed.idAttributes = [...ID_ATTRIBUTES];
  // Only what the profile uses can be asked for, whatever a message names.
  signed.SignatureAlgorithms = pick(signed.SignatureAlgorithms, SIGNATURES);
  signed.HashAlgorithms = pick(signed.HashAlgorithms, DIGESTS);
  signed.CanonicalizationAlgorithms = pick(signed.CanonicalizationAlgorithms, new Set([EXCLUSIVE, ENVELOPED]));
  let holds: boolean;
  try {
    signed.loadSignature(signature);
    holds = signed.checkSignature(text);
  } catch (cause) {
    throw new Refusal('signature-invalid', errorText(cause).slice(0, 200), { cause });
  }
  const references = signed.getSignedReferences();
  const [only] = references;
  if (!holds || only === undefined || references.length !== 1) throw new Refusal('signature-invalid', 'the message is not what was signed');
  return only;
}

function pick<T>(all: Readonly<Record<string, T>>, names: ReadonlySet<string>): Record<string, T> {
  return Object.fromEntries(Object.entries(all).filter(([name]) => names.has(name)));
}

function assertForm(covered: Element, signature: Element): void {
  for (const element of everyElement(signature)) {
    if (element.namespaceURI !== DSIG) refuse(`holds ${element.nodeName}`);
    if (nodesOf(element).some(isComment)) refuse('holds a comment');
  }
  const [info, value, key, ...more] = childElements(signature);
  if (!isNamed(info, DSIG, 'SignedInfo') || !isNamed(value, DSIG, 'SignatureValue') || !isNamed(key, DSIG, 'KeyInfo') || more.length > 0)
    refuse('is not made of SignedInfo, SignatureValue and KeyInfo');
  if (childElements(key).some((part) => !isNamed(part, DSIG, 'X509Data'))) refuse('names its key in another way than by a certificate');
  const [method, algorithm, reference, ...others] = childElements(info);
  if (!isNamed(reference, DSIG, 'Reference') || others.length > 0) refuse('has not exactly one Reference');
  assertAlgorithm(method, 'CanonicalizationMethod', new Set([EXCLUSIVE]));
  assertAlgorithm(algorithm, 'SignatureMethod', SIGNATURES);
  assertReference(reference, covered);
}

function assertReference(reference: Element, covered: Element): void {
  const [transforms, digest, value, ...more] = childElements(reference);
  if (!isNamed(transforms, DSIG, 'Transforms') || !isNamed(value, DSIG, 'DigestValue') || more.length > 0)
    refuse('has another kind of Reference');
  assertAlgorithm(digest, 'DigestMethod', DIGESTS);
  const [first, second, ...others] = childElements(transforms);
  assertAlgorithm(first, 'Transform', new Set([ENVELOPED]));
  assertAlgorithm(second, 'Transform', new Set([EXCLUSIVE]));
  if (others.length > 0) refuse('has more transforms than two');
  const id = idsOf(covered);
  const [only] = id;
  if (id.length !== 1 || reference.getAttribute('URI') !== `#${only ?? ''}` || only === '') refuse('does not cover the whole message');
  const root = covered.ownerDocument.documentElement;
  const same = [...everyElement(root)].filter((element) => idsOf(element).includes(only ?? ''));
  if (same.length !== 1) refuse('covers an id that two elements have');
}

/** An algorithm element has its name and nothing else: no child that would be a parameter. */
function assertAlgorithm(element: Element | undefined, name: string, allowed: ReadonlySet<string>): void {
  if (!isNamed(element, DSIG, name) || childElements(element).length > 0) refuse(`has no plain ${name}`);
  const algorithm = element.getAttribute('Algorithm') ?? '';
  if (!allowed.has(algorithm)) refuse(`uses ${algorithm.slice(0, 100)} as its ${name}`);
}

function idsOf(element: Element): readonly string[] {
  return ID_ATTRIBUTES.filter((name) => element.hasAttribute(name)).map((name) => element.getAttribute(name) ?? '');
}

function certificateOf(signature: Element): X509Certificate {
  const found = [...everyElement(signature)].filter((element) => element.localName === 'X509Certificate');
  const [only] = found;
  if (!only || found.length !== 1) refuse('has not exactly one certificate');
  try {
    const certificate = new X509Certificate(Buffer.from(textOf(only).replace(/\s/g, ''), 'base64'));
    // A certificate is opened without a look at its key and its dates; what is wrong with them shows only now.
    if (!isWhole(certificate)) refuse('has a certificate without a key, a name or dates that can be read');
    return certificate;
  } catch (cause) {
    if (cause instanceof Refusal) throw cause;
    throw new Refusal('signature-structure', 'the certificate in the signature cannot be read', { cause });
  }
}

function isWhole({ publicKey, subject, validFrom, validTo }: X509Certificate): boolean {
  return publicKey.type === 'public' && typeof subject === 'string' && !Number.isNaN(Date.parse(validFrom) + Date.parse(validTo));
}

function assertKey({ publicKey }: X509Certificate): void {
  const bits = publicKey.asymmetricKeyDetails?.modulusLength ?? 0;
  if (publicKey.asymmetricKeyType !== 'rsa' || bits < RSA_BITS_MIN)
    refuse(`is made with a key that is no RSA key of ${RSA_BITS_MIN} bits or more`);
}

function subjectOf({ subject }: X509Certificate): string {
  return subject.split('\n').join(', ').slice(0, 200);
}

function refuse(what: string): never {
  throw new Refusal('signature-structure', `the signature ${what}`);
}
