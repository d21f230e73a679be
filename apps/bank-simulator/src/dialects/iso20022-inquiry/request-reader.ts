import { AppError } from '#kernel';
import { courtXml } from '#connector-sdk';
import type { ReadOrder } from '../papers.js';
import { partAt, partsNamed, readParts, rewritten } from './xml-parts.js';

/** A request, and what of it goes back in the answer as it was. */
export interface ReadRequest extends ReadOrder {
  /** `SchCrit` without its own tag. */
  readonly criteria: string;
  /** The request's header without its signature. */
  readonly header: string;
  /** Who asks, and who is asked: the insides of `Fr` and `To`. */
  readonly from: string;
  readonly to: string;
}

const ACCOUNTS = 'supl.027.001.01';
const OFFICIAL = /^工作证 (.*) 公务证 (.*)$/u;
const DIGEST = /SHA-256 ([0-9a-f]{64})$/;

/** Kinds of papers by the codes of the dialect. */
const PAPERS: Readonly<Record<string, string>> = { PIC: '01', COID: 'USCC' };

/**
 * Reads a request of the dialect: what was signed of it, or the whole of one that nobody has signed.
 * @param legalPersons those of this bank; another number in `To` names the bank as a whole
 * @throws AppError `invalid` when it is no such request
 */
export function readRequest(bytes: Uint8Array, legalPersons: readonly string[]): ReadRequest {
  const root = readParts(bytes);
  const envelope =
    courtXml.localName(root.name) === 'ApplicationRequest' ? root : partAt(rooted(root), 'Envelope', 'Body', 'ApplicationRequest');
  const header = partAt(envelope, 'AppHdr');
  const opening = partAt(envelope, 'Document', 'InfReqOpng');
  const asked = partAt(opening, 'SchCrit', 'CstmrId');
  const wanted = partsNamed(asked, 'AuthrtyReq').map((one) => partAt(one, 'Tp', 'MsgNmId').text);
  if (!wanted.includes(ACCOUNTS)) throw new AppError('invalid', 'accounts are not asked for');
  const official = partAt(opening, 'SplmtryData', 'Envlp', 'Document', 'InfReqFin012', 'AuthorityInquiry');
  const [, workId = '', dutyId = ''] = OFFICIAL.exec(partAt(official, 'OfficialId').text) ?? [];
  const [, sha256] = DIGEST.exec(partAt(opening, 'LglMndtBsis', 'Dsclmr').text) ?? [];
  const to = partAt(header, 'To', 'OrgId', 'Id', 'OrgId', 'Othr', 'Id').text;
  return {
    order: {
      orderNumber: partAt(opening, 'InvstgtnId').text,
      action: 'inquire',
      ...(legalPersons.includes(to) ? { legalPerson: to } : {}),
      subject: subjectOf(partAt(asked, 'Pty')),
      authority: partAt(official, 'OfficialSuperiorId').text.replace(/^\S+ /, ''),
      caseNumber: partAt(opening, 'LglMndtBsis', 'Prgrph').text,
      lines: [],
    },
    documents: sha256 === undefined ? [] : [{ type: 'inquiry-notice', sha256 }],
    officer: { workId, dutyId },
    criteria: insideOf(partAt(opening, 'SchCrit')),
    header: header.children
      .filter(({ name }) => courtXml.localName(name) !== 'Sgntr')
      .map(rewritten)
      .join(''),
    from: insideOf(partAt(header, 'Fr')),
    to: insideOf(partAt(header, 'To')),
  };
}

/** Id of the one element in the body of an envelope; undefined for anything that is not made like that. */
export function idInBody(bytes: Uint8Array): string | undefined {
  try {
    const [only, ...more] = partAt(rooted(readParts(bytes)), 'Envelope', 'Body').children;
    return more.length === 0 ? only?.attributes['id'] : undefined;
  } catch (error) {
    if (error instanceof AppError && error.code === 'invalid') return undefined;
    throw error;
  }
}

function rooted(root: courtXml.RawElement): courtXml.RawElement {
  return { name: '', attributes: {}, children: [root], text: '', source: '' };
}

function insideOf(element: courtXml.RawElement): string {
  return element.children.map(rewritten).join('');
}

function subjectOf(party: courtXml.RawElement): ReadOrder['order']['subject'] {
  const id = partAt(party, 'Id');
  const [kind] = id.children;
  if (!kind) throw new AppError('invalid', 'a customer without a number');
  const scheme = partAt(kind, 'Othr', 'SchmeNm').children[0]?.text ?? '';
  const idType = PAPERS[scheme] ?? /^ZJLX-(\d{2})$/.exec(scheme)?.[1];
  if (idType === undefined) throw new AppError('invalid', `the kind of number ${scheme.slice(0, 40)} is not known`);
  return { name: partAt(party, 'Nm').text, idType, idNumber: partAt(kind, 'Othr', 'Id').text };
}
