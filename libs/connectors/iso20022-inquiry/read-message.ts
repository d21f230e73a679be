import { childElements, isNamed, pathOf, textOf } from './elements.js';
import { readGrammar, type Grammar } from './grammar.js';
import { AUTH_001 } from './grammar/auth-001.js';
import { AUTH_002 } from './grammar/auth-002.js';
import { FIN_002 } from './grammar/fin-002.js';
import { FIN_012 } from './grammar/fin-012.js';
import { FIN_013 } from './grammar/fin-013.js';
import { FIN_DISPUTED } from './grammar/fin-disputed.js';
import { HEAD_001 } from './grammar/head-001.js';
import { SUPL_027 } from './grammar/supl-027.js';
import { DSIG, ENVELOPE, SOAP } from './namespaces.js';
import { parseDocument } from './parse-document.js';
import { Refusal } from './refusal.js';
import { judgeSignature, OutOfDate, type GoodSignature, type SignatureTrust } from './signature.js';
import { validate } from './validate.js';

const HEADER = readGrammar(HEAD_001);
const MESSAGES: ReadonlyMap<string, readonly [name: MessageName, grammar: Grammar, envelope: string]> = new Map(
  [
    ['auth.001.001.01', readGrammar(AUTH_001), 'ApplicationRequest'] as const,
    ['auth.002.001.01', readGrammar(AUTH_002), 'ApplicationResponse'] as const,
  ].map((one) => [one[1].namespace, one] as const),
);
/** What may stand where the messages leave room for something of another name space. */
const SUPPLEMENTS: ReadonlyMap<string, Grammar> = new Map(
  [SUPL_027, FIN_002, FIN_012, FIN_013, FIN_DISPUTED].map(readGrammar).map((grammar) => [grammar.namespace, grammar] as const),
);

export type MessageName = 'auth.001.001.01' | 'auth.002.001.01';

/** A message that holds, and what its signature is worth. */
export interface InquiryMessage {
  readonly name: MessageName;
  /** The element `Document`; when the signature is good, taken out of the signed bytes. */
  readonly document: Element;
  /** Out of the same bytes; undefined for a document alone. */
  readonly header: Element | undefined;
  readonly signature: GoodSignature | 'absent' | 'not-judged';
  /** Why a signature was not judged. */
  readonly remark: string | undefined;
}

/**
 * Reads a request auth.001.001.01 or a response auth.002.001.01: as a document of its own, or with its business application header in the
 * envelope of the Finnish account register, with or without SOAP around it. Supplements of known name spaces are held against their
 * grammars; unknown ones are refused, because nobody could say what they mean.
 * @throws Refusal with the first thing that is wrong
 */
export function readMessage(bytes: Uint8Array, trust: SignatureTrust): InquiryMessage {
  const { document, text } = parseDocument(bytes);
  const inner = withoutSoap(document.documentElement);
  if (inner.localName === 'Document') return unsigned({ name: validDocument(inner), document: inner, header: undefined }, trust);
  const { header, body } = partsOf(inner);
  const name = validDocument(body, inner);
  const signature = signatureOf(header);
  assertHeader(header, name);
  if (!signature) return unsigned({ name, document: body, header }, trust);
  try {
    const good = judgeSignature(text, inner, signature, trust);
    const signed = partsOf(parseDocument(Buffer.from(good.signedXml, 'utf8')).document.documentElement);
    if (validDocument(signed.body, inner) !== name) throw new Refusal('signature-invalid', 'the signed message is another one');
    return { name, document: signed.body, header: signed.header, signature: good, remark: undefined };
  } catch (error) {
    if (!(error instanceof OutOfDate)) throw error;
    return { name, document: body, header, signature: 'not-judged', remark: error.message };
  }
}

/** Who names certificates asks for a signature: a message that lost it on its way must not pass for one that never had it. */
function unsigned(message: Pick<InquiryMessage, 'name' | 'document' | 'header'>, { certificates }: SignatureTrust): InquiryMessage {
  if (certificates) throw new Refusal('signature-missing', 'the message has no signature');
  return { ...message, signature: 'absent', remark: undefined };
}

function withoutSoap(root: Element): Element {
  if (root.localName !== 'Envelope') return root;
  const parts = childElements(root);
  const bodies = parts.filter((part) => isNamed(part, SOAP, 'Body'));
  const [body] = bodies;
  if (root.namespaceURI !== SOAP || !body || bodies.length !== 1 || parts.some((part) => part !== body && !isNamed(part, SOAP, 'Header')))
    throw new Refusal('structure', 'an envelope of SOAP 1.1 has a header and one body');
  const [inner, ...more] = childElements(body);
  if (!inner || more.length > 0) throw new Refusal('structure', 'the body of the envelope holds exactly one element');
  return inner;
}

function partsOf(envelope: Element): { readonly header: Element; readonly body: Element } {
  if (envelope.namespaceURI !== ENVELOPE) throw new Refusal('unknown-message', `${pathOf(envelope)} is no message that is known here`);
  const [header, body, ...more] = childElements(envelope);
  if (!isNamed(header, HEADER.namespace, 'AppHdr') || body?.localName !== 'Document' || more.length > 0)
    throw new Refusal('structure', `${pathOf(envelope)} holds one AppHdr and one Document`);
  return { header, body };
}

/** @returns the name of the message */
function validDocument(body: Element, envelope?: Element): MessageName {
  const message = MESSAGES.get(body.namespaceURI ?? '');
  if (!message)
    throw new Refusal('unknown-message', `no message of the name space ${(body.namespaceURI ?? '').slice(0, 100)} is known here`);
  const [name, grammar, wrapper] = message;
  if (envelope && envelope.localName !== wrapper)
    throw new Refusal('header-mismatch', `${name} does not travel in ${envelope.localName ?? ''}`);
  validate(body, grammar.rootType, grammar, validSupplement);
  return name;
}

function validSupplement(element: Element): void {
  const grammar = SUPPLEMENTS.get(element.namespaceURI ?? '');
  if (!grammar || element.localName !== 'Document')
    throw new Refusal('structure', `${pathOf(element)} is no supplement that is known here`);
  validate(element, grammar.rootType, grammar, (foreign) => {
    throw new Refusal('structure', `${pathOf(foreign)} does not belong here`);
  });
}

function assertHeader(header: Element, name: MessageName): void {
  validate(header, HEADER.rootType, HEADER, (element) => {
    if (!isNamed(element, DSIG, 'Signature')) throw new Refusal('structure', `${pathOf(element)} is no signature`);
  });
  const named = childElements(header).find((part) => part.localName === 'MsgDefIdr');
  if (!named || textOf(named) !== name) throw new Refusal('header-mismatch', `the header announces another message than ${name}`);
}

/** The signature in the header's own `Sgntr`; the one of a related header belongs to another message. */
function signatureOf(header: Element): Element | undefined {
  const place = childElements(header).find((part) => isNamed(part, HEADER.namespace, 'Sgntr'));
  return place && childElements(place)[0];
}
