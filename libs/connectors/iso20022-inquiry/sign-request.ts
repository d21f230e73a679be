import { createHash } from 'node:crypto';
import { ExclusiveCanonicalization } from 'xml-crypto';
import { invariant } from '#kernel';
import { everyElement, isNamed } from './elements.js';
import { DSIG, ENVELOPE, REQUEST_ID } from './namespaces.js';
import { parseDocument } from './parse-document.js';
import type { XmlSignerPort } from './rsa-signer.js';
import { ENVELOPED, EXCLUSIVE } from './signature.js';
import { tag } from './xml-writer.js';

const HEADER_END = '</AppHdr>';
const RSA_SHA256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';
const SHA256 = 'http://www.w3.org/2001/04/xmlenc#sha256';

/** Puts a request's signature into its header. The same bytes and the same key give the same message, so a repetition is one. */
export async function signRequest(unsigned: Buffer, signer: XmlSignerPort): Promise<Buffer> {
  const text = unsigned.toString('utf8');
  const at = text.indexOf(HEADER_END);
  invariant(at > 0, 'a request of ours has a header');
  const withSignature = (signature: string): string => text.slice(0, at) + tag('Sgntr', signature) + text.slice(at);
  // The transform takes the signature out again and leaves its place, so the place is there when the digest is made.
  const info = signedInfo(digestOf(withSignature('')));
  const value = await signer.sign(Buffer.from(info, 'utf8'));
  const key = tag('X509Data', tag('X509Certificate', signer.certificate.raw.toString('base64')));
  const parts = info.replace(` xmlns="${DSIG}"`, '') + tag('SignatureValue', value.toString('base64')) + tag('KeyInfo', key);
  return Buffer.from(withSignature(tag('Signature', parts, DSIG)), 'utf8');
}

function digestOf(text: string): string {
  const { document } = parseDocument(Buffer.from(text, 'utf8'));
  const covered = [...everyElement(document.documentElement)].find((element) => isNamed(element, ENVELOPE, 'ApplicationRequest'));
  invariant(covered, 'a request of ours has its envelope');
  const canonical = new ExclusiveCanonicalization().process(covered, {});
  return createHash('sha256').update(canonical, 'utf8').digest('base64');
}

/** In its canonical form: the name space on the outermost element, no empty tags, no white space. */
function signedInfo(digest: string): string {
  const method = (name: string, algorithm: string): string => `<${name} Algorithm="${algorithm}"></${name}>`;
  const transforms = tag('Transforms', method('Transform', ENVELOPED) + method('Transform', EXCLUSIVE));
  const reference = `<Reference URI="#${REQUEST_ID}">${transforms}${method('DigestMethod', SHA256)}${tag('DigestValue', digest)}</Reference>`;
  return tag('SignedInfo', method('CanonicalizationMethod', EXCLUSIVE) + method('SignatureMethod', RSA_SHA256) + reference, DSIG);
}
