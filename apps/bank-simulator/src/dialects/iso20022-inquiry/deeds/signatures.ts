import { elementOf, instead, type Deed } from './deed.js';

const ID = ' id="applicationResponse"';
const balance = instead(/(<AvrgBal>)[^<]*/, '$1900000.00');
const doubled = (name: string) => (signed: string) => instead(elementOf(signed, name), elementOf(signed, name).repeat(2))(signed);
const unsigned = instead(/<Sgntr>.*?<\/Sgntr>/s, '');
const algorithm = (from: string, to: string) => instead(`Algorithm="http://www.w3.org/${from}"`, `Algorithm="http://www.w3.org/${to}"`);

/** A false answer at the place that is read, under the true signature, whose reference still leads to the true one at `place`. */
function wrapped(place: string, put: (truth: string) => string): (signed: string) => string {
  return (signed) => {
    const truth = elementOf(signed, 'ApplicationResponse');
    const lie = instead(ID, ' id="other"')(balance(truth));
    return instead(place, put(truth))(instead(truth, lie)(signed));
  };
}

/** The true signature stays with the truth, and the lie in its place has none, or the same again. */
function beside(signed: string): string {
  const truth = elementOf(signed, 'ApplicationResponse');
  return instead('</soap:Body>', `${unsigned(instead(ID, '')(balance(truth)))}</soap:Body>`)(signed);
}

/** Answers whose signature is missing, somebody else's, out of time, or good for something else than what is read. */
export const SIGNATURES = {
  'signature-missing': { after: unsigned },
  'signature-empty': { after: instead(/<Sgntr>.*?<\/Sgntr>/s, '<Sgntr></Sgntr>') },
  'signature-of-a-stranger': { hand: 'stranger' },
  'certificate-expired': { hand: 'expired' },
  'certificate-not-yet-valid': { hand: 'early' },
  'certificate-of-a-short-key': { hand: 'weak' },
  'altered-balance': { after: balance },
  'altered-header': { after: instead(/(<BizMsgIdr>)[^<]*/, '$1X') },
  'altered-criteria': { after: instead(/(<SchCrit>.*?<Nm>)[^<]*/s, '$1王小明') },
  'wrapped-in-the-soap-header': { after: wrapped('<soap:Header/>', (truth) => `<soap:Header>${truth}</soap:Header>`) },
  'wrapped-inside': { after: wrapped('</ApplicationResponse>', (truth) => `${truth}</ApplicationResponse>`) },
  'wrapped-in-the-signature': { after: wrapped('</Signature>', (truth) => `<Object>${unsigned(truth)}</Object></Signature>`) },
  'wrapped-beside': { after: beside },
  'wrapped-under-the-same-id': {
    after: (signed) => instead(' id="other"', ID)(wrapped('<soap:Header/>', (truth) => `<soap:Header>${truth}</soap:Header>`)(signed)),
  },
  'id-missing': { after: instead(ID, '') },
  'id-twice': { after: instead('<InfReqRspn>', `<InfReqRspn${ID}>`) },
  'reference-to-a-part': { after: instead('URI="#applicationResponse"', 'URI="#part"') },
  'reference-to-the-document': { after: instead('URI="#applicationResponse"', 'URI=""') },
  'reference-elsewhere': { after: instead('URI="#applicationResponse"', 'URI="http://127.0.0.1/x"') },
  'references-two': { after: doubled('Reference') },
  'signatures-two': { after: doubled('Signature') },
  'certificates-two': { after: doubled('X509Certificate') },
  'key-beside-the-certificate': { after: instead('<X509Data>', '<KeyValue/><X509Data>') },
  'algorithm-of-a-secret': { after: algorithm('2001/04/xmldsig-more#rsa-sha256', '2001/04/xmldsig-more#hmac-sha256') },
  'algorithm-weak': { after: algorithm('2001/04/xmldsig-more#rsa-sha256', '2000/09/xmldsig#rsa-sha1') },
  'digest-weak': { after: algorithm('2001/04/xmlenc#sha256', '2000/09/xmldsig#sha1') },
  'transform-by-xslt': { after: algorithm('2000/09/xmldsig#enveloped-signature', 'TR/1999/REC-xslt-19991116') },
  'transforms-missing': { after: instead(/<Transforms>.*?<\/Transforms>/s, '<Transforms></Transforms>') },
  'comment-in-the-digest': { after: instead('<DigestValue>', '<DigestValue><!-- -->') },
  'value-empty': { after: instead(/(<SignatureValue>)[^<]*/, '$1') },
} as const satisfies Readonly<Record<string, Deed>>;
