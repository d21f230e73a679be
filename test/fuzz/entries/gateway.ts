import { isDeepStrictEqual } from 'node:util';
import { AppError, parseStrictJson } from '#kernel';
import { encodeEntry } from '#merkle';
import { formatOrderNumber, isCaseNumberOfAnyStyle, parseCaseNumber, parseOrderNumber } from '#orders';
import { readBase64 } from '../../../apps/court-gateway/src/adapters/http/base64.js';
import { readLogEdge } from '../../../apps/court-gateway/src/adapters/http/log-edge.js';
import { pageStart } from '#http';
import { parseRequest } from '../../../apps/court-gateway/src/adapters/http/request-bodies.js';
import { readNewCase } from '../../../apps/court-gateway/src/use-cases/file-case/new-case.js';
import { caseInputOf, groupLines, readHeader } from '../../../apps/court-gateway/src/use-cases/import-cases/case-lines.js';
import { csvLines, EncodingProbe } from '../../../apps/court-gateway/src/use-cases/import-cases/csv-lines.js';
import { courtXml } from '#connector-sdk';
import { fuzzed, REFUSED } from '../fuzzed-parser.js';
import { MERKLE_NOTE } from './merkle.js';
import { bytes, code, invalid, utf8 } from './refusals.js';

const HEADER = 'caseNumber,courtCode,filedOn,ceiling,currency,role,kind,name,idType,idNumber,handler,tags\n';
const LINES = [
  '(2026)鄂0106执1234号,420106,2026-03-10,66213.50,CNY,debtor,person,陈志远,01,420106190001010019,lixiao,民间借贷;首执\n',
  '(2026)鄂0106执1234号,420106,,,,applicant,organisation,"某,公司",USCC,91420100MA4FAKE00L,,\n',
  '(2026)鄂0106执1235号,420106,2026-03-10,1,CNY,debtor,person,"某""甲",01,420106190001010020,,\n',
].join('');
const CSV_PIECES = [',', '"', '""', '\n', '\r\n', '\r', '\ufeff', HEADER, 'caseNumber', '负', '\u0000', ' ', 'é', ';', '1e9', '-1'];
const JSON_PIECES = [
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '"',
  '""',
  'null',
  '"lines"',
  '"amount"',
  '-1',
  '1.005',
  '"constructor":1',
  '"toString":1',
  '\\ud800',
];

/** Of bytes to the bytes of GB18030 with the same text. */
const gb18030 = (text: string): Buffer => Buffer.from(courtXml.encodeAttribute(text, 'base64-gbk'), 'base64');

/** Everything that an import does with a file before it asks its store, with the file cut into two pieces at `cut`. */
async function imported(input: Buffer, cut: number) {
  const probe = new EncodingProbe();
  const chunks = [input.subarray(0, cut), input.subarray(cut)].filter((chunk) => chunk.length > 0);
  for (const chunk of chunks) probe.take(chunk);
  const lines = csvLines(
    (async function* () {
      yield* chunks;
    })(),
    probe.verdict(),
  );
  const first = await lines.next();
  const cases = [];
  for await (const group of groupLines(lines, readHeader(first.done ? undefined : first.value))) {
    const { input: one, faults, handler } = caseInputOf(group);
    if (!one && faults.length === 0) throw new Error('neither a case nor a fault');
    cases.push(one ? { handler, ...judged(one) } : { faults });
  }
  return cases;
}

function judged(input: Parameters<typeof readNewCase>[0]) {
  try {
    return { newCase: readNewCase(input) };
  } catch (error) {
    if (!invalid(error)) throw error;
    return { refused: (error as AppError).errors };
  }
}

const leaf = (subjectSeq: number): Buffer =>
  encodeEntry(bytes(JSON.stringify({ at: '2026-03-10T03:52:04.000Z', source: 'court-gateway', subjectSeq })));

/** What comes to the court's gateway: files of cases, bodies of requests, parts of addresses, and the published log. */
export const GATEWAY = [
  ...(['utf-8', 'gb18030'] as const).map((encoding) =>
    fuzzed({
      name: `import-${encoding}`,
      samples: () => [encoding === 'utf-8' ? bytes(HEADER + LINES) : gb18030(HEADER + LINES)],
      pieces: CSV_PIECES,
      read: async (input) => {
        const whole = await imported(input, input.length);
        if (!isDeepStrictEqual(await imported(input, input.length >> 1), whole))
          throw new Error('another reading when it comes in two pieces');
        return whole;
      },
      refuses: invalid,
    }),
  ),
  fuzzed({
    name: 'request-body',
    samples: () =>
      [
        { action: 'inquire', caseId: 'c', debtorIds: ['d'], banks: ['hubeibank'], transactions: { from: '2026-01-01', to: '2026-03-10' } },
        {
          action: 'freeze',
          caseId: 'c',
          lines: [{ holdingId: 'h', amount: '66213.50', scope: 'funds' }],
          term: { from: '2026-03-10', to: '2027-03-09' },
        },
        { action: 'renew', caseId: 'c', measureIds: ['m'], until: '2028-03-09', reason: '续冻' },
        { action: 'release', caseId: 'c', lines: [{ measureId: 'm', newLimit: '1.00' }], ground: '履行完毕' },
        { action: 'deduct', caseId: 'c', lines: [{ measureId: 'm', amount: '2000.00' }] },
      ].map((body) => bytes(JSON.stringify(body))),
    pieces: JSON_PIECES,
    read: (input) => parseRequest(parseStrictJson(input)),
    refuses: invalid,
    write: (command) => bytes(JSON.stringify(command)),
  }),
  fuzzed({
    name: 'page-cursor',
    samples: () =>
      ['1773114723000.0195a0c0-0000-7000-8000-000000000001', '1.a'].map((cursor) => bytes(Buffer.from(cursor).toString('base64url'))),
    pieces: ['=', '-', '_', 'MQ', 'LmE', '.', ' '],
    read: (input) => pageStart({ cursor: input.toString('latin1') }).after ?? REFUSED,
    refuses: invalid,
    write: ({ at, id }) => bytes(Buffer.from(`${at}.${id}`, 'utf8').toString('base64url')),
  }),
  fuzzed({
    name: 'instrument-base64',
    samples: () => [bytes(Buffer.from('%PDF-1.7\n').toString('base64')), bytes('AA==')],
    pieces: ['=', '==', '\n', '-', '_', 'AAAA', 'AB'],
    read: (input) => readBase64(input.toString('latin1'), '/content', 1_000),
    refuses: code('invalid', 'too-large'),
    write: (content) => bytes(content.toString('base64')),
    isCanonical: true,
  }),
  fuzzed({
    name: 'case-number',
    samples: () => ['(2026)鄂0106执1234号', '（2026）最高法执复1号', '(2026)鄂01执恢7号'].map(bytes),
    pieces: ['(', '（', ')', '2026', '鄂', '0106', '执', '1', '号', ' ', '\u3000', '０', '字第'],
    read: (input) => parseCaseNumber(utf8(input)) ?? REFUSED,
    refuses: invalid,
    write: ({ text }) => bytes(text),
  }),
  fuzzed({
    name: 'case-number-of-any-style',
    samples: () => ['(2026)鄂0106执1234号', '（2011）宁执字第00003号'].map(bytes),
    pieces: ['(', '（', ')', '2011', '宁', '执', '字第', '1', '号', ' ', '０'],
    read: (input) => isCaseNumberOfAnyStyle(utf8(input)) || REFUSED,
    refuses: invalid,
  }),
  fuzzed({
    name: 'order-number',
    samples: () => ['20260310420106000101', '202603104201060000000201'].map(bytes),
    pieces: ['2026', '0310', '0230', '420106', '0', '-', '９'],
    read: (input) => parseOrderNumber(utf8(input)) ?? REFUSED,
    refuses: invalid,
    write: ({ date, region, sequence }) => bytes(formatOrderNumber(date, region, sequence)),
  }),
  fuzzed({
    name: 'log-edge',
    samples: () => [Buffer.concat([1, 2, 3, 4, 5].map(leaf))],
    pieces: ['{', '}', '"at"', '"source"', 'null', '\u0000\u0004null', '\u0000', '2026-02-30'],
    read: (input) => readLogEdge((name) => Promise.resolve(name === 'checkpoint' ? MERKLE_NOTE : input), 'court-gateway'),
    refuses: code('invalid', 'unavailable', 'not-found'),
  }),
];
