import { describe, expect, it } from '@jest/globals';
import { DOMParser, XMLSerializer } from '@xmldom/xmldom';
import fc from 'fast-check';
import { everyElement } from './elements.js';
import { changed, inSoap, REQUEST, request, RESPONSE, response } from './fixtures/messages.js';
import { readMessage, Refusal, type SignatureTrust } from './index.js';

const TRUST: SignatureTrust = { certificates: undefined, at: new Date('2026-11-24T02:00:00Z') };

const verdict = (xml: string | Uint8Array): string => {
  try {
    const { name, signature } = readMessage(typeof xml === 'string' ? Buffer.from(xml) : xml, TRUST);
    return `accepted ${name} ${typeof signature === 'string' ? signature : 'ok'}`;
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
};

describe('a message', () => {
  it.each([
    ['a request', request(), 'accepted auth.001.001.01 absent'],
    ['a response', response(), 'accepted auth.002.001.01 absent'],
    ['a request in SOAP', inSoap(request()), 'accepted auth.001.001.01 absent'],
    ['a response in SOAP', inSoap(response()), 'accepted auth.002.001.01 absent'],
    ['a request alone', REQUEST, 'accepted auth.001.001.01 absent'],
    ['a response alone', RESPONSE, 'accepted auth.002.001.01 absent'],
    ['a header of XML', `<?xml version="1.0" encoding="UTF-8"?>\n${request()}\n`, 'accepted auth.001.001.01 absent'],
    ['other prefixes', request('', REQUEST.replace(/q:/g, 'zz:').replace('xmlns:q', 'xmlns:zz')), 'accepted auth.001.001.01 absent'],
  ])('%s is taken', (_what, xml, expected) => expect(verdict(xml)).toBe(expected));

  it.each<[string, string | Uint8Array, string]>([
    ['nothing', '', 'unreadable'],
    ['no XML', 'hello', 'unreadable'],
    ['a cut end', request().slice(0, -5), 'unreadable'],
    ['no UTF-8', Buffer.concat([Buffer.from(request()), Buffer.of(0xff)]), 'unreadable'],
    ['a document type', `<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>${request()}`, 'unreadable'],
    ['an entity of its own', changed(request(), 'CPL 253', '&x;'), 'unreadable'],
    ['a processing instruction', changed(request(), 'CPL 253', '<?x y?>'), 'unreadable'],
    ['a prefix that nobody declared', changed(request(), '<q:InvstgtnId>', '<y:x/><q:InvstgtnId>'), 'structure'],
    ['too many bytes', ' '.repeat(5 * 1024 * 1024), 'unreadable'],
    ['too deep', `${'<a>'.repeat(100)}${'</a>'.repeat(100)}`, 'unreadable'],
    ['another root', '<a/>', 'unknown-message'],
    ['another version', request('', REQUEST.replace('auth.001.001.01', 'auth.001.001.02')), 'unknown-message'],
    ['two messages', request('', REQUEST + REQUEST), 'structure'],
    ['no header', changed(request(), /<h:AppHdr.*<\/h:AppHdr>/, ''), 'structure'],
    ['two bodies', changed(inSoap(request()), '</soap:Body>', '</soap:Body><soap:Body/>'), 'structure'],
    ['two things in one body', inSoap(request() + request()), 'structure'],
    ['a request in the envelope of a response', changed(request(), /ApplicationRequest/g, 'ApplicationResponse'), 'header-mismatch'],
    ['a header of another message', changed(request(), '>auth.001.001.01<', '>auth.002.001.01<'), 'header-mismatch'],
    ['a header without a sender', changed(request(), /<h:Fr>.*<\/h:Fr>/, ''), 'structure'],
    ['a time without a zone in its header', changed(request(), '01:02:03Z', '01:02:03'), 'value'],
    ['a missing element', changed(request(), /<q:LglMndtBsis>.*<\/q:LglMndtBsis>/, ''), 'structure'],
    ['two elements in another order', changed(request(), /(<q:FrDt>.*<\/q:FrDt>)(<q:ToDt>.*<\/q:ToDt>)/, '$2$1'), 'structure'],
    [
      'an element twice',
      changed(request(), '<q:CnfdtltySts>true</q:CnfdtltySts>', '<q:CnfdtltySts>true</q:CnfdtltySts>'.repeat(2)),
      'structure',
    ],
    ['both of a choice', changed(request(), '<q:Cd>ALLP</q:Cd>', '<q:Cd>ALLP</q:Cd><q:Prtry>x</q:Prtry>'), 'structure'],
    ['none of a choice', changed(request(), '<q:Cd>ALLP</q:Cd>', ''), 'structure'],
    ['text between elements', changed(request(), '<q:SchCrit>', '<q:SchCrit>x'), 'structure'],
    ['an element in a text', changed(request(), '>true<', '><q:x/>true<'), 'structure'],
    ['an attribute', changed(request(), '<q:SchCrit>', '<q:SchCrit a="1">'), 'structure'],
    ['an element of another name space', changed(request(), '<q:FrDt>', '<h:FrDt xmlns:h="urn:x"/><q:FrDt>'), 'structure'],
    ['a supplement that nobody knows', changed(request(), 'urn:fin.012.001.03', 'urn:fin.012.001.99'), 'structure'],
    ['half a supplement', changed(request(), '<f:OfficialId>officer-1</f:OfficialId>', ''), 'structure'],
    ['an empty supplement', changed(request(), /<f:Document.*<\/f:Document>/, ''), 'structure'],
    ['a day that is none', changed(request(), '2026-01-01', '2026-02-29'), 'value'],
    ['a code that is none', changed(response(), '>COMP<', '>DONE<'), 'value'],
    ['neither true nor false', changed(request(), '>true<', '>yes<'), 'value'],
    ['a text that is too long', changed(request(), 'CPL 253', 'x'.repeat(36)), 'value'],
    ['a text that is empty', changed(request(), 'CPL 253', ''), 'value'],
    ['a currency that is none', changed(response(), '>CNY<', '>yuan<'), 'value'],
    ['an amount below zero', changed(response(), '66213.50', '-0.01'), 'value'],
    ['an amount with too many digits', changed(response(), '66213.50', '1.000001'), 'value'],
    ['an amount with a comma', changed(response(), '66213.50', '66213,50'), 'value'],
    ['a time that is none', changed(response(), '09:02:04.5', '24:02:04'), 'value'],
  ])('with %s is refused', (_what, xml, code) => expect(verdict(xml)).toBe(code));

  it('says where it is wrong', () => {
    const wrong = Buffer.from(changed(request(), '2026-01-01', '2026-13-01'));
    expect(() => readMessage(wrong, TRUST)).toThrow('/ApplicationRequest/Document/InfReqOpng/InvstgtnPrd/Dt/FrDt is no date');
  });

  it('counts characters, not bytes or halves of them', () => {
    expect(verdict(changed(request(), 'CPL 253', '𠮷'.repeat(35)))).toBe('accepted auth.001.001.01 absent');
    expect(verdict(changed(request(), 'CPL 253', '𠮷'.repeat(36)))).toBe('value');
  });
});

/** Every message that comes from this one by doing something to one element; the name of the element with its verdict. */
function variants(xml: string, what: (element: Element) => void): string[] {
  const parse = (): Document => new DOMParser().parseFromString(xml, 'text/xml');
  return [...everyElement(parse().documentElement)].slice(1).map((_, n) => {
    const document = parse();
    const element = [...everyElement(document.documentElement)][n + 1];
    if (!element) throw new Error('the message changed its length');
    const name = element.localName;
    what(element);
    return `${verdict(new XMLSerializer().serializeToString(document)).split(' ')[0] ?? ''} ${name}`;
  });
}

const taken = (xml: string, what: (element: Element) => void): string[] => [
  ...new Set(
    variants(xml, what)
      .filter((one) => one.startsWith('accepted '))
      .map((one) => one.slice('accepted '.length)),
  ),
];

describe('one element', () => {
  const leftOut = (element: Element): void => void element.parentNode?.removeChild(element);
  const doubled = (element: Element): void => void element.parentNode?.insertBefore(element.cloneNode(true), element);
  const renamed = (element: Element): void =>
    void element.parentNode?.replaceChild(element.ownerDocument.createElementNS(element.namespaceURI, 'Xx'), element);

  it('may be left out or doubled only where the definition says so, and is never another one', () => {
    // As in the definitions: optional, or as many as there are.
    expect(taken(REQUEST, leftOut)).toEqual(['SplmtryData']);
    expect(taken(REQUEST, doubled)).toEqual(['AuthrtyReqTp', 'SplmtryData']);
    expect(taken(RESPONSE, leftOut)).toEqual(['RtrInd', 'Nm', 'Sts', 'AvrgBal', 'Id']);
    expect(taken(RESPONSE, doubled)).toEqual(['OrgnlTxNb', 'Tp', 'RtrInd', 'AcctAndPties', 'Role']);
    for (const xml of [REQUEST, RESPONSE]) expect(taken(xml, renamed)).toEqual([]);
  });
});

describe('whatever is sent', () => {
  const samples = [request(), response(), inSoap(request())];
  it('is taken or refused by a reason', () => {
    fc.assert(
      fc.property(fc.constantFrom(...samples), fc.nat(), fc.nat(40), fc.string({ maxLength: 8 }), (sample, place, length, piece) => {
        const at = place % sample.length;
        expect(verdict(sample.slice(0, at) + piece + sample.slice(at + length))).toMatch(/^[a-z]/);
      }),
      { numRuns: 400 },
    );
  });

  it('bytes are taken or refused by a reason', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(verdict(bytes)).toBe('unreadable');
      }),
      { numRuns: 300 },
    );
  });
});
