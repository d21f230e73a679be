import { AppError } from '#kernel';
import { PARTY_ROLES, type PartyRole } from '#orders';
import type { CaseInput, PartyInput } from '../file-case/new-case.js';
import { PARTIES_MAX } from '../file-case/new-case.js';
import type { CsvLine } from './csv-lines.js';

const REQUIRED = ['caseNumber', 'courtCode', 'filedOn', 'ceiling', 'currency', 'role', 'kind', 'name', 'idType', 'idNumber'] as const;
const ACCOUNT = ['courtAccountName', 'courtAccountNumber', 'courtAccountBankName', 'courtAccountBankNumber'] as const;
const OPTIONAL = ['handler', ...ACCOUNT, 'tags'] as const;
/** What belongs to the case and not to the party: on later lines of a case it may be blank or the same. */
const OF_CASE = ['filedOn', 'ceiling', 'currency', 'handler', ...ACCOUNT, 'tags'] as const;

export type Column = (typeof REQUIRED)[number] | (typeof OPTIONAL)[number];

/** Longest text of a column; longer ones are refused before anything else looks at them. */
const LENGTH_MAX: Readonly<Record<Column, number>> = {
  caseNumber: 60,
  courtCode: 40,
  filedOn: 10,
  ceiling: 20,
  currency: 3,
  role: 20,
  kind: 20,
  name: 200,
  idType: 4,
  idNumber: 100,
  handler: 64,
  courtAccountName: 100,
  courtAccountNumber: 50,
  courtAccountBankName: 100,
  courtAccountBankNumber: 30,
  tags: 500,
};
const TAGS_MAX = 20;
const TAG_LENGTH_MAX = 50;

/** One line of the file by its columns. */
export interface PartyLine {
  readonly line: number;
  readonly get: (column: Column) => string;
}

/** Adjacent lines of one case. `faults` are those that no reading of the case can get past. */
export interface CaseLines {
  readonly courtCode: string;
  readonly caseNumber: string;
  readonly lines: readonly PartyLine[];
  readonly faults: readonly LineFault[];
}

export interface LineFault {
  readonly line: number;
  readonly code: string;
  readonly detail: string;
}

export type Header = ReadonlyMap<Column, number>;

/** @throws AppError `invalid` when a column is missing, unknown or there twice */
export function readHeader(first: CsvLine | undefined): Header {
  const names = first?.values ?? [];
  const known: readonly string[] = [...REQUIRED, ...OPTIONAL];
  const missing = REQUIRED.filter((name) => !names.includes(name));
  const unknown = names.filter((name) => !known.includes(name));
  if (missing.length > 0) throw new AppError('invalid', `表头缺少列：${missing.join('、')}`);
  if (unknown.length > 0) throw new AppError('invalid', `表头有未知的列：${unknown.slice(0, 5).join('、').slice(0, 100)}`);
  if (new Set(names).size !== names.length) throw new AppError('invalid', '表头有重复的列');
  return new Map(names.map((name, index) => [name as Column, index]));
}

/** Gathers adjacent lines of one court and case number. A line that cannot be read makes a group of its own. */
export async function* groupLines(lines: AsyncIterable<CsvLine>, header: Header): AsyncGenerator<CaseLines> {
  let group: { courtCode: string; caseNumber: string; lines: PartyLine[]; faults: LineFault[] } | undefined;
  for await (const { line, values, fault } of lines) {
    if (!values || values.length !== header.size) {
      if (group) yield group;
      group = undefined;
      const detail = fault ?? `应有${header.size}列，实有${values?.length ?? 0}列`;
      yield { courtCode: '', caseNumber: '', lines: [], faults: [{ line, code: 'invalid', detail }] };
      continue;
    }
    const party: PartyLine = { line, get: (column) => values[header.get(column) ?? -1] ?? '' };
    const courtCode = party.get('courtCode');
    const caseNumber = party.get('caseNumber');
    if (group?.courtCode !== courtCode || group.caseNumber !== caseNumber) {
      if (group) yield group;
      group = { courtCode, caseNumber, lines: [], faults: [] };
    }
    // Lines beyond the limit are counted as faults and not kept, so that one endless case costs no memory.
    if (group.lines.length < PARTIES_MAX) group.lines.push(party);
    else if (group.faults.length === 0) group.faults.push({ line, code: 'invalid', detail: `一案至多${PARTIES_MAX}名当事人` });
  }
  if (group) yield group;
}

/** The case that a group of lines describes, or what is wrong with which line. */
export function caseInputOf(group: CaseLines): {
  readonly input?: CaseInput;
  readonly handler: string;
  readonly faults: readonly LineFault[];
} {
  const [first] = group.lines;
  const faults = [...group.faults, ...group.lines.flatMap((line) => textFaults(line)), ...disagreements(group)];
  if (!first) return { handler: '', faults };
  const tags = first
    .get('tags')
    .split(/[;；|]/)
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');
  if (new Set(tags).size !== tags.length || tags.length > TAGS_MAX || tags.some((tag) => tag.length > TAG_LENGTH_MAX)) {
    faults.push({ line: first.line, code: 'invalid', detail: `tags：至多${TAGS_MAX}个互不相同的标签，每个不超过${TAG_LENGTH_MAX}个字符` });
  }
  const account = courtAccountOf(first, faults);
  const parties = group.lines.map((line) => partyOf(line, faults));
  if (faults.length > 0) return { handler: '', faults };
  const input: CaseInput = {
    caseNumber: first.get('caseNumber'),
    courtCode: first.get('courtCode'),
    filedOn: first.get('filedOn'),
    ceiling: { amount: first.get('ceiling'), currency: first.get('currency') },
    tags,
    ...(account ? { courtAccount: account } : {}),
    parties,
  };
  return { input, handler: first.get('handler'), faults };
}

const UNREADABLE = /\p{Cc}|\p{Cs}|\uFFFD/u;

function textFaults(line: PartyLine): LineFault[] {
  const faults: LineFault[] = [];
  for (const column of [...REQUIRED, ...OPTIONAL] as const) {
    const text = line.get(column);
    if (UNREADABLE.test(text)) faults.push({ line: line.line, code: 'invalid', detail: `${column}：含有不可读的字符（编码错误）` });
    else if (text.length > LENGTH_MAX[column])
      faults.push({ line: line.line, code: 'invalid', detail: `${column}：超过${LENGTH_MAX[column]}个字符` });
    else if (text === '' && (REQUIRED as readonly string[]).includes(column) && !isLaterBlank(column)) {
      faults.push({ line: line.line, code: 'invalid', detail: `${column}：不能为空` });
    }
  }
  return faults;
}

/** Columns of the case may be blank on its later lines; on the first one the reading of the case finds the fault. */
function isLaterBlank(column: Column): boolean {
  return (OF_CASE as readonly string[]).includes(column);
}

function disagreements({ lines }: CaseLines): LineFault[] {
  const [first, ...later] = lines;
  if (!first) return [];
  return later.flatMap((line) => {
    const column = OF_CASE.find((each) => line.get(each) !== '' && line.get(each) !== first.get(each));
    return column ? [{ line: line.line, code: 'invalid', detail: `${column}：与同案首行不一致` }] : [];
  });
}

function courtAccountOf(first: PartyLine, faults: LineFault[]) {
  const [name = '', number = '', bankName = '', bankNumber = ''] = ACCOUNT.map((column) => first.get(column));
  const given = [name, number, bankName, bankNumber].filter((text) => text !== '').length;
  if (given === 0) return undefined;
  if (given < ACCOUNT.length) faults.push({ line: first.line, code: 'invalid', detail: '执行款账户的四列须同时填写' });
  return { name, number, bankName, bankNumber };
}

function partyOf(line: PartyLine, faults: LineFault[]): PartyInput {
  const role = PARTY_ROLES.find((each) => each === line.get('role'));
  const kind = line.get('kind');
  if (!role) faults.push({ line: line.line, code: 'invalid', detail: `role：是以下之一：${PARTY_ROLES.join('、')}` });
  if (kind !== 'person' && kind !== 'organisation') {
    faults.push({ line: line.line, code: 'invalid', detail: 'kind：是以下之一：person、organisation' });
  }
  return {
    role: role ?? ('debtor' satisfies PartyRole),
    kind: kind === 'organisation' ? 'organisation' : 'person',
    name: line.get('name'),
    idType: line.get('idType'),
    idNumber: line.get('idNumber'),
  };
}
