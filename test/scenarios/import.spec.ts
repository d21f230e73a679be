import iconv from 'iconv-lite';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, type ProblemBody } from '#testing';
import { Stage } from './stage/stage.js';
import type { CaseView, List } from './stage/views.js';

interface ImportView {
  readonly status: string;
  readonly linesTotal: number;
  readonly linesDone: number;
  readonly casesCreated: number;
  readonly refused: readonly { readonly line: number; readonly code: string; readonly detail: string }[];
}

const HEADER = 'caseNumber,courtCode,filedOn,ceiling,currency,role,kind,name,idType,idNumber';
const WITH_ACCOUNT = `${HEADER},courtAccountName,courtAccountNumber,courtAccountBankName,courtAccountBankNumber,tags`;
const ENDED = ['completed', 'done', 'failed', 'finished', 'ended'];
const IMPORT_MS_MAX = 60_000;
const UNDER_WAY = ['queued', 'running', 'accepted', 'pending'];

describe('cases by file', () => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await Stage.open();
  }, 120_000);

  afterAll(() => stage.close());

  const upload = async (raw: Buffer | string, contentType = 'text/csv'): Promise<ImportView> => {
    const reply = await stage.officer.send<{ id: string }>('POST', '/api/v1/cases/import', {
      raw,
      headers: { 'content-type': contentType },
    });
    expect([reply.status, reply.bytes.toString('utf8')]).toEqual([202, expect.stringContaining('id')]);
    return eventually(async () => {
      const state = await stage.officer.read<ImportView>(`/api/v1/imports/${reply.body.id}`);
      return UNDER_WAY.includes(state.status) ? undefined : state;
    }, IMPORT_MS_MAX);
  };
  const find = async (caseNumber: string): Promise<CaseView | undefined> => {
    const { items } = await stage.officer.read<List<CaseView>>(`/api/v1/cases?caseNumber=${encodeURIComponent(caseNumber)}`);
    return items[0] && stage.case(items[0].id);
  };
  const line = (n: number, change: Partial<Record<string, string>> = {}): string => {
    const values: Record<string, string> = {
      caseNumber: `(2025)鄂0106执${7_000 + n}号`,
      courtCode: '420106',
      filedOn: '2025-03-01',
      ceiling: '1234.50',
      currency: 'CNY',
      role: 'debtor',
      kind: 'person',
      name: `导入某${n}`,
      idType: '01',
      idNumber: `4201061900010${String(10_000 + n)}`,
      ...change,
    };
    return HEADER.split(',')
      .map((name) => values[name] ?? '')
      .join(',');
  };

  it('keeps the good cases, names each refused line with its reason, and imports nothing twice', async () => {
    const lines = [
      HEADER,
      line(1),
      line(1, { role: 'applicant', kind: 'organisation', name: '"导入申请人,有限公司"', idType: 'USCC', idNumber: '91420100MA4FAKE00L' }),
      line(2, { ceiling: '12.345' }),
      line(3, { filedOn: '2025-02-30' }),
      line(4, { courtCode: '999999' }),
      line(5, { role: 'witness' }),
      line(6, { idType: '99' }),
      line(7, { caseNumber: 'no number' }),
      line(8, { name: '' }),
      'too,few',
      line(9),
    ];
    const first = await upload(`${lines.join('\r\n')}\r\n`);
    expect(first).toMatchObject({ casesCreated: 2, linesTotal: 11, linesDone: 11 });
    expect(first.refused.map(({ line: at }) => at)).toEqual([4, 5, 6, 7, 8, 9, 10, 11]);
    for (const { code, detail } of first.refused)
      expect([code, detail]).toEqual([expect.stringMatching(/^[a-z-]+$/), expect.stringMatching(/\S/)]);
    const made = await find('(2025)鄂0106执7001号');
    expect(made).toMatchObject({ status: 'open', ceiling: { amount: '1234.50' } });
    expect(made?.parties.map(({ role }) => role).sort()).toEqual(['applicant', 'debtor']);
    expect(await find('(2025)鄂0106执7002号')).toBeUndefined();

    const again = await upload(`${lines.join('\r\n')}\r\n`);
    expect(again.casesCreated).toBe(0);
    const { items } = await stage.officer.read<List<CaseView>>(`/api/v1/cases?caseNumber=${encodeURIComponent('(2025)鄂0106执7001号')}`);
    expect(items).toHaveLength(1);
  }, 90_000);

  it.each([
    ['UTF-8 with a byte order mark', (text: string) => Buffer.from(`\uFEFF${text}`), 'text/csv; charset=utf-8', 50],
    ['GB18030, named', (text: string) => iconv.encode(text, 'gb18030'), 'text/csv; charset=gb18030', 60],
    ['GB18030, not named', (text: string) => iconv.encode(text, 'gb18030'), 'text/csv', 70],
  ])(
    'reads %s',
    async (_name, encode, contentType, n) => {
      const account = '武昌区法院执行款专户,42010100777,汉口银行,313521000000,涉民生';
      const state = await upload(encode(`${WITH_ACCOUNT}\n${line(n)},${account}\n`), contentType);
      expect(state).toMatchObject({ casesCreated: 1, refused: [] });
      const made = await find(`(2025)鄂0106执${7_000 + n}号`);
      expect(made?.parties[0]?.name).toContain('导');
    },
    90_000,
  );

  it('refuses what is no such file, and changes nothing', async () => {
    const send = (raw: Buffer | string, contentType: string) =>
      stage.officer.send<ProblemBody>('POST', '/api/v1/cases/import', { raw, headers: { 'content-type': contentType } });
    expect((await send('{}', 'application/json')).status).toBe(415);
    const wrongHeader = await send('a,b,c\n1,2,3\n', 'text/csv');
    if (wrongHeader.status === 202) {
      const state = await upload('a,b,c\n1,2,3\n');
      expect([state.casesCreated, state.refused.length > 0 || state.status === 'failed']).toEqual([0, true]);
    } else expect(wrongHeader.status).toBe(400);
  }, 60_000);

  it('shows progress while a large file runs, and the rest of the system goes on', async () => {
    const many = 3_000;
    const lines = [HEADER, ...Array.from({ length: many }, (_, n) => line(10_000 + n, { caseNumber: `(2024)鄂0106执${20_000 + n}号` }))];
    const reply = await stage.officer.send<{ id: string }>('POST', '/api/v1/cases/import', {
      raw: lines.join('\n'),
      headers: { 'content-type': 'text/csv' },
    });
    expect(reply.status).toBe(202);
    const seen = new Set<number>();
    const ended = await eventually(async () => {
      const state = await stage.officer.read<ImportView>(`/api/v1/imports/${reply.body.id}`);
      seen.add(state.linesDone);
      expect((await stage.officer.get('/api/v1/cases?limit=1')).status).toBe(200);
      return UNDER_WAY.includes(state.status) ? undefined : state;
    }, IMPORT_MS_MAX);
    expect(ended).toMatchObject({ casesCreated: many, linesDone: many, refused: [] });
    expect(seen.size).toBeGreaterThan(2);
    expect(ENDED).toContain(ended.status);
  }, 90_000);
});
