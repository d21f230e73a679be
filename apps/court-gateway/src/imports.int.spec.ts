import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import iconv from 'iconv-lite';
import { eventuallyHolds, removeStoresBelow } from '#testing';
import { startGateway, type GatewayFixture, type Reply } from './testing/gateway-fixture.js';
import { ImportCases } from './use-cases/import-cases/import-cases.js';

const HEADER = 'caseNumber,courtCode,filedOn,ceiling,currency,role,kind,name,idType,idNumber';
const WAIT_MS = 20;
const WAITS_MAX = 1_000;

let gateway: GatewayFixture;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.close());

function lineOf(serial: number, change: Readonly<Record<string, string>> = {}): string {
  const columns = {
    caseNumber: `(2026)鄂0106执${serial}号`,
    courtCode: '420106',
    filedOn: '2026-03-10',
    ceiling: '1000.00',
    currency: 'CNY',
    role: 'debtor',
    kind: 'person',
    name: '欧阳小荷',
    idType: '01',
    idNumber: '420106190001011118',
    ...change,
  };
  return Object.values(columns).join(',');
}

function upload(body: string | Uint8Array, username = 'officer', headers: Readonly<Record<string, string>> = {}): Promise<Reply> {
  return gateway.call(username, 'POST', '/api/v1/cases/import', body, { 'content-type': 'text/csv', ...headers });
}

async function ended(id: string, username = 'officer', from = gateway): Promise<Reply> {
  for (let i = 0; i < WAITS_MAX; i += 1) {
    const reply = await from.call(username, 'GET', `/api/v1/imports/${id}`);
    if (reply.at('status') !== 'running') return reply;
    await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
  }
  throw new Error('the import does not end');
}

async function imported(text: string | Uint8Array, username = 'officer'): Promise<Reply> {
  const reply = await upload(text, username);
  expect(reply.status).toBe(202);
  return ended(reply.at('id'), username);
}

describe('importing cases', () => {
  it('files each case with all its parties and says how far it is', async () => {
    const applicant = {
      role: 'applicant',
      kind: 'organisation',
      name: '"某建材, 有限公司"',
      idType: 'USCC',
      idNumber: '91420100MA4FAKE00L',
    };
    const text = [HEADER, lineOf(1), lineOf(1, applicant), lineOf(2)].join('\r\n');
    const done = await imported(`${text}\r\n\r\n`);
    expect(done.body).toMatchObject({ status: 'completed', linesTotal: 4, linesDone: 4, casesCreated: 2, refused: [], encoding: 'utf-8' });
    const found = await gateway.call('officer', 'GET', `/api/v1/cases?caseNumber=${encodeURIComponent('(2026)鄂0106执1号')}`);
    expect(found.each('items.0.parties', 'name')).toEqual(['欧阳小荷', '某建材, 有限公司']);
    expect(found.each('items.0.handlers', 'name')).toEqual(['李晓']);
  });

  it('reads GB18030, and UTF-8 with a byte order mark', async () => {
    const chinese = await imported(iconv.encode(`${HEADER}\n${lineOf(11, { name: '龙䶮' })}\n`, 'gb18030'));
    expect(chinese.body).toMatchObject({ casesCreated: 1, refused: [], encoding: 'gb18030' });
    const found = await gateway.call('officer', 'GET', `/api/v1/cases?caseNumber=${encodeURIComponent('(2026)鄂0106执11号')}`);
    expect(found.at('items.0.parties.0.name')).toBe('龙䶮');
    expect((await imported(`\uFEFF${HEADER}\n${lineOf(12)}\n`)).body).toMatchObject({ casesCreated: 1, refused: [], encoding: 'utf-8' });
  });

  it('takes the optional columns', async () => {
    const header = `${HEADER},handler,courtAccountName,courtAccountNumber,courtAccountBankName,courtAccountBankNumber,tags`;
    const account = '武昌区法院执行款专户,42010101,汉口银行,313521000000';
    const done = await imported(`${header}\n${lineOf(21)},officer2,${account},涉民生；批量\n${lineOf(22)},nobody,,,,,\n`);
    expect(done.body).toMatchObject({ casesCreated: 1, refused: [{ line: 3, code: 'invalid', detail: 'handler：该院没有此用户' }] });
    const found = await gateway.call('officer', 'GET', `/api/v1/cases?caseNumber=${encodeURIComponent('(2026)鄂0106执21号')}`);
    expect(found.at('items.0')).toMatchObject({
      tags: ['涉民生', '批量'],
      handlers: [{ name: '王帆' }],
      courtAccount: { number: '42****01' },
    });
  });

  it('refuses bad lines each with its reason and keeps the good cases', async () => {
    const lines = [
      HEADER,
      lineOf(31),
      lineOf(32, { idType: '99' }),
      lineOf(33, { courtCode: '420105' }),
      lineOf(34, { ceiling: '-1' }),
      lineOf(35, { filedOn: '2026-02-30' }),
      lineOf(36),
      lineOf(36, { role: 'witness' }),
      'too,few,columns',
      lineOf(37, { name: '' }),
      lineOf(38, { currency: 'yuan' }),
      `"unclosed ${lineOf(39)}`,
    ];
    const done = await imported(`${lines.join('\n')}\n${lineOf(40)}\n`);
    expect(done.at('status')).toBe('completed');
    const refused = done.at<{ line: number; code: string }[]>('refused').map(({ line, code }) => `${line} ${code}`);
    expect(refused.slice(0, 9)).toEqual([
      '3 invalid',
      '4 forbidden',
      '5 invalid',
      '6 invalid',
      '8 invalid',
      '9 invalid',
      '10 invalid',
      '11 invalid',
      ...refused.slice(8, 9),
    ]);
    expect(await exists(31)).toBe(true);
    expect(await exists(36)).toBe(false);
  });

  it('creates nothing when the same file comes again', async () => {
    const text = `${HEADER}\n${lineOf(51)}\n${lineOf(52)}\n`;
    expect((await imported(text)).at('casesCreated')).toBe(2);
    const again = await imported(text);
    expect(again.body).toMatchObject({
      casesCreated: 0,
      refused: [
        { line: 2, code: 'already-exists' },
        { line: 3, code: 'already-exists' },
      ],
    });
  });

  it('answers one key once, also for many uploads at the same time', async () => {
    const text = `${HEADER}\n${lineOf(61)}\n`;
    const replies = await Promise.all(Array.from({ length: 8 }, () => upload(text, 'officer', { 'idempotency-key': 'import-once' })));
    expect(new Set(replies.map((reply) => reply.at('id'))).size).toBe(1);
    expect(replies.filter((reply) => reply.headers.get('idempotency-replayed') === 'true').length).toBe(7);
    const other = await upload(`${text}\n`, 'officer', { 'idempotency-key': 'import-once' });
    expect([other.status, other.at('code')]).toEqual([409, 'idempotency-mismatch']);
    expect((await ended(replies[0]?.at('id') ?? '')).at('casesCreated')).toBe(1);
    await eventuallyHolds(async () => expect(await readdir(path.join(gateway.dataDir, 'imports'))).toEqual([]));
  });

  it.each<[string, string]>([
    ['an empty file', ''],
    ['a missing column', 'caseNumber,courtCode\n'],
    ['an unknown column', `${HEADER},salary\n`],
    ['a column twice', `${HEADER},name\n`],
    ['bytes that are no table', '\u0000\u0001\u0002'],
  ])('refuses %s at once', async (_, text) => {
    const reply = await upload(text);
    expect([reply.status, reply.at('code')]).toEqual([400, 'invalid']);
    await eventuallyHolds(async () => expect(await readdir(path.join(gateway.dataDir, 'imports'))).toEqual([]));
  });

  it('asks for text/csv, a key and a role, and shows an import to its owner only', async () => {
    expect((await upload('{}', 'officer', { 'content-type': 'application/json' })).status).toBe(415);
    expect((await upload(HEADER, 'officer', { 'idempotency-key': '' })).status).toBe(400);
    expect((await upload(HEADER, 'auditor')).status).toBe(403);
    const mine = await upload(`${HEADER}\n${lineOf(71)}\n`);
    await ended(mine.at('id'));
    expect((await gateway.call('officer2', 'GET', `/api/v1/imports/${mine.at('id')}`)).status).toBe(404);
    expect((await gateway.call('admin', 'GET', `/api/v1/imports/${mine.at('id')}`)).status).toBe(200);
  });
});

describe('an import that was interrupted', () => {
  it('goes on where it was after a restart and repeats nothing', async () => {
    const dataDir = await mkdtemp(path.join(tmpdir(), 'chakong-import-'));
    const lines = Array.from({ length: 400 }, (_, index) => lineOf(1000 + index));
    const first = await startGateway({ dataDir });
    const started = await first.call('officer', 'POST', '/api/v1/cases/import', [HEADER, ...lines].join('\n'), {
      'content-type': 'text/csv',
    });
    // The stop comes while the file is being worked on: it ends after the batch that is running.
    await first.app.get(ImportCases).stop();
    const half = await first.call('officer', 'GET', `/api/v1/imports/${started.at('id')}`);
    expect(half.at('status')).toBe('running');
    expect(half.at<number>('linesDone')).toBeLessThan(400);
    await first.close();
    await expectNoClearText(dataDir, ['欧阳小荷', '420106190001011118']);

    const second = await startGateway({ dataDir });
    try {
      const done = await ended(started.at('id'), 'officer', second);
      expect(done.body).toMatchObject({ status: 'completed', linesTotal: 400, linesDone: 400, casesCreated: 400, refused: [] });
      await eventuallyHolds(async () => expect(await readdir(path.join(dataDir, 'imports'))).toEqual([]));
    } finally {
      await second.close();
      await removeStoresBelow(dataDir);
      await rm(dataDir, { recursive: true, force: true });
    }
  });

  it('is marked failed with a reason when its file is gone', async () => {
    const dataDir = await mkdtemp(path.join(tmpdir(), 'chakong-import-'));
    const first = await startGateway({ dataDir });
    await first.app.get(ImportCases).stop();
    const started = await first.call('officer', 'POST', '/api/v1/cases/import', `${HEADER}\n${lineOf(1)}\n`, {
      'content-type': 'text/csv',
    });
    await first.close();
    await rm(path.join(dataDir, 'imports', started.at('id')));
    const second = await startGateway({ dataDir });
    try {
      const done = await ended(started.at('id'), 'officer', second);
      expect(done.body).toMatchObject({ status: 'failed', error: '文件已不在，请重新导入', casesCreated: 0 });
    } finally {
      await second.close();
      await removeStoresBelow(dataDir);
      await rm(dataDir, { recursive: true, force: true });
    }
  });
});

async function exists(serial: number): Promise<boolean> {
  const found = await gateway.call('officer', 'GET', `/api/v1/cases?caseNumber=${encodeURIComponent(`(2026)鄂0106执${serial}号`)}`);
  return found.each('items', 'id').length > 0;
}

/** No file below a folder holds one of the texts, in UTF-8 or GB18030. */
async function expectNoClearText(folder: string, texts: readonly string[]): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  expect(files.length).toBeGreaterThan(3);
  for (const file of files) {
    const bytes = await readFile(file);
    for (const text of texts) {
      for (const encoding of ['utf8', 'gb18030'])
        expect([file, text, bytes.includes(iconv.encode(text, encoding))]).toEqual([file, text, false]);
    }
  }
}
