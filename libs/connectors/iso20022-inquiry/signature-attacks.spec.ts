import { beforeAll, describe, expect, it } from '@jest/globals';
import { changed, inSoap, REQUEST, request } from './fixtures/messages.js';
import { signed, testSigner, type TestSigner } from './fixtures/signing.js';
import { readMessage, Refusal, type InquiryMessage, type SignatureTrust } from './index.js';

const DAY = new Date('2026-11-24T02:00:00Z');
const ID = 'applicationRequest';
const WITH_PLACE = request('\n');

let bank: TestSigner;
let stranger: TestSigner;
let good: string;

beforeAll(async () => {
  [bank, stranger] = await Promise.all([testSigner('bank', DAY), testSigner('stranger', DAY)]);
  good = signed(WITH_PLACE, ID, bank);
}, 60_000);

const trusting = (...signers: TestSigner[]): SignatureTrust => ({ certificates: signers.map(({ certificate }) => certificate), at: DAY });

const read = (xml: string, trust = trusting(bank)): InquiryMessage => readMessage(Buffer.from(xml), trust);

const refusal = (xml: string, trust = trusting(bank)): string => {
  try {
    const { signature } = read(xml, trust);
    return `accepted, signature ${typeof signature === 'string' ? signature : 'ok'}`;
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
};

/** One element with all that is in it. */
const element = (xml: string, name: string): string =>
  new RegExp(`<(?:\\w+:)?${name}[ >].*?</(?:\\w+:)?${name}>`, 's').exec(xml)?.[0] ?? '';

describe('a signature', () => {
  it('is good when it is of a trusted certificate and covers the whole message', () => {
    const { signature, document } = read(good);
    expect(typeof signature === 'object' && signature.certificate.fingerprint512).toBe(bank.certificate.fingerprint512);
    expect(document.textContent).toContain('6228480000000000017');
    expect(refusal(inSoap(good))).toBe('accepted, signature ok');
  });

  it('of nobody that is trusted is refused; with nobody named it says only that nothing changed since', () => {
    expect(refusal(good, trusting(stranger))).toBe('certificate-untrusted');
    expect(refusal(good, { certificates: undefined, at: DAY })).toBe('accepted, signature ok');
    expect(refusal(changed(good, 'CPL 253', 'CPL 254'), { certificates: undefined, at: DAY })).toBe('signature-invalid');
  });

  it('by a certificate that is out of date is refused, or not judged when nobody is named', () => {
    const later = new Date(DAY.getTime() + 3 * 86_400_000);
    expect(refusal(good, { ...trusting(bank), at: later })).toBe('certificate-untrusted');
    expect(refusal(good, { certificates: undefined, at: later })).toBe('accepted, signature not-judged');
    expect(read(good, { certificates: undefined, at: later }).remark).toContain('valid from');
  });

  it('with a short key is refused', async () => {
    const weak = await testSigner('weak', DAY, 1024);
    expect(refusal(signed(WITH_PLACE, ID, weak), trusting(weak))).toBe('signature-structure');
  });
});

describe('an attack', () => {
  const attacks: readonly (readonly [name: string, attack: (xml: string) => string, code: string])[] = [
    ['another amount in the body', (xml) => changed(xml, '6228480000000000017', '6228480000000000018'), 'signature-invalid'],
    ['another header', (xml) => changed(xml, 'CKHB20261124000001', 'CKHB20261124000002'), 'signature-invalid'],
    [
      'the key of a stranger in KeyInfo',
      (xml) => changed(xml, element(xml, 'X509Certificate'), element(signed(WITH_PLACE, ID, stranger), 'X509Certificate')),
      'certificate-untrusted',
    ],
    [
      'two certificates',
      (xml) => changed(xml, element(xml, 'X509Certificate'), element(xml, 'X509Certificate').repeat(2)),
      'signature-structure',
    ],
    ['a bare key beside the certificate', (xml) => changed(xml, '<X509Data>', '<KeyValue/><X509Data>'), 'signature-structure'],
    ['two SignedInfo', (xml) => changed(xml, element(xml, 'SignedInfo'), element(xml, 'SignedInfo').repeat(2)), 'signature-structure'],
    ['two references', (xml) => changed(xml, element(xml, 'Reference'), element(xml, 'Reference').repeat(2)), 'signature-structure'],
    ['a comment in the digest', (xml) => changed(xml, '<DigestValue>', '<DigestValue><!-- -->'), 'signature-structure'],
    ['a comment in the value', (xml) => changed(xml, '<SignatureValue>', '<SignatureValue><!-- -->'), 'signature-structure'],
    [
      'an Object that carries the signed message',
      (xml) => changed(xml, '</Signature>', `<Object>${WITH_PLACE}</Object></Signature>`),
      'signature-structure',
    ],
    ['the signed message kept elsewhere, another in its place', wrapped, 'structure'],
    ['the same id twice', (xml) => changed(xml, '<q:InfReqOpng>', `<q:InfReqOpng id="${ID}">`), 'structure'],
    ['the reference on a part alone', (xml) => changed(xml, `URI="#${ID}"`, 'URI="#part"'), 'signature-structure'],
    ['the reference on the whole document', (xml) => changed(xml, `URI="#${ID}"`, 'URI=""'), 'signature-structure'],
    ['a reference to another place', (xml) => changed(xml, `URI="#${ID}"`, 'URI="http://127.0.0.1/x"'), 'signature-structure'],
    ['a message without an id', (xml) => changed(xml, ` id="${ID}"`, ''), 'signature-structure'],
    [
      'a transform by XSLT',
      (xml) =>
        changed(
          xml,
          /<Transform Algorithm="http:\/\/www.w3.org\/2001\/10\/xml-exc-c14n#"\/>/,
          '<Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"/>',
        ),
      'signature-structure',
    ],
    [
      'a transform by XPath',
      (xml) => changed(xml, '<Transforms>', '<Transforms><Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"/>'),
      'signature-structure',
    ],
    ['no transforms', (xml) => changed(xml, element(xml, 'Transforms'), '<Transforms></Transforms>'), 'signature-structure'],
    [
      'a secret key where a public one was',
      (xml) => changed(xml, 'xmldsig-more#rsa-sha256', 'xmldsig-more#hmac-sha256'),
      'signature-structure',
    ],
    [
      'a weak algorithm',
      (xml) => changed(xml, 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256', 'http://www.w3.org/2000/09/xmldsig#rsa-sha1'),
      'signature-structure',
    ],
    [
      'a weak digest',
      (xml) => changed(xml, 'http://www.w3.org/2001/04/xmlenc#sha256', 'http://www.w3.org/2000/09/xmldsig#sha1'),
      'signature-structure',
    ],
    ['canonical form with comments', (xml) => changed(xml, 'xml-exc-c14n#"', 'xml-exc-c14n#WithComments"'), 'signature-structure'],
    [
      'a parameter in an algorithm',
      (xml) =>
        changed(
          xml,
          /<SignatureMethod (Algorithm="[^"]*")\/>/,
          '<SignatureMethod $1><HMACOutputLength>0</HMACOutputLength></SignatureMethod>',
        ),
      'signature-structure',
    ],
    ['two signatures', (xml) => changed(xml, '</Signature>', `</Signature>${element(xml, 'Signature')}`), 'structure'],
    ['no signature value', (xml) => changed(xml, element(xml, 'SignatureValue'), '<SignatureValue></SignatureValue>'), 'signature-invalid'],
  ];

  /** The classic one: a false message at the place that is read, the true one beside it so that the reference still finds it. */
  function wrapped(xml: string): string {
    const truth = element(xml, 'ApplicationRequest');
    const lie = request(element(xml, 'Signature'), REQUEST.replace('6228480000000000017', '6228480000000000018')).replace(
      ` id="${ID}"`,
      ' id="other"',
    );
    return lie.replace('</e:ApplicationRequest>', `${truth}</e:ApplicationRequest>`);
  }

  it.each(attacks)('by %s is refused', (_name, attack, code) => expect(refusal(attack(good))).toBe(code));

  it('by leaving the signature out is refused by who names certificates, and is a message without one to who does not', () => {
    const bare = changed(good, /<h:Sgntr>.*<\/h:Sgntr>/s, '');
    expect(refusal(bare)).toBe('signature-missing');
    expect(refusal(REQUEST)).toBe('signature-missing');
    expect(refusal(bare, { certificates: undefined, at: DAY })).toBe('accepted, signature absent');
  });
});
