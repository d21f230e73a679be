import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, type ProblemBody } from '#testing';
import { spellings } from './stage/spellings.js';
import { Stage, type StagedCase } from './stage/stage.js';
import type { HoldingView, List } from './stage/views.js';

describe('personal data', () => {
  let stage: Stage;
  let staged: StagedCase & { readonly holdings: readonly HoldingView[] };

  beforeAll(async () => {
    stage = await Stage.open();
    const accounts = [
      { bank: 'hubeibank', balance: '900.00' },
      { bank: 'hankoubank', balance: '900.00' },
      { bank: 'hbrcu', balance: '900.00' },
    ] as const;
    staged = await stage.inquiredCase({ accounts });
    await stage.freeze(
      staged,
      staged.holdings.map(({ id }) => ({ holdingId: id, amount: '100.00' })),
    );
    const measureId = (await stage.measures(staged.id)).items[0]?.id;
    await stage.carryOut({ action: 'deduct', caseId: staged.id, lines: [{ measureId, amount: '50.00' }] });
  }, 180_000);

  afterAll(() => stage.close());

  const clear = (): string[] => [staged.debtor.idNumber, ...staged.accounts.map(({ number }) => number)];

  it('is masked in every list and detail of the court side', async () => {
    const requests = await stage.officer.read<List<{ id: string }>>(`/api/v1/requests?caseId=${staged.id}`);
    const paths = [
      '/api/v1/cases',
      `/api/v1/cases/${staged.id}`,
      `/api/v1/cases/${staged.id}/holdings`,
      `/api/v1/cases/${staged.id}/measures`,
      `/api/v1/cases/${staged.id}/payments`,
      '/api/v1/measures?expiringWithin=P400D',
      '/api/v1/tasks',
      '/api/v1/requests',
      ...requests.items.map(({ id }) => `/api/v1/requests/${id}`),
    ];
    for (const user of ['officer', 'judge', 'auditor']) {
      for (const each of paths) {
        const text = JSON.stringify(await stage.as(user).read(each));
        for (const value of clear()) expect([user, each, text.includes(value)]).toEqual([user, each, false]);
      }
    }
    const list = await stage.officer.read<List<HoldingView>>(`/api/v1/cases/${staged.id}/holdings`);
    expect(list.items.every(({ account }) => account.includes('*'))).toBe(true);
  }, 60_000);

  it('is shown to him who gives a reason, and each showing leaves a fact', async () => {
    const measureId = (await stage.measures(staged.id)).items[0]?.id ?? '';
    const reveals: [string, string][] = [
      [`/api/v1/parties/${staged.debtorId}/reveal`, staged.debtor.idNumber],
      [`/api/v1/holdings/${staged.holdings[0]?.id ?? ''}/reveal`, staged.accounts[0]?.number ?? ''],
      [`/api/v1/measures/${measureId}/reveal`, ''],
    ];
    for (const [each, value] of reveals) {
      const without = await stage.officer.post<ProblemBody>(each, {});
      expect([each, without.status, without.body.code]).toEqual([each, 400, 'invalid']);
      const before = await logSize();
      const shown = await stage.officer.post(each, { reason: '核对户名' });
      expect([each, shown.status < 300, shown.bytes.toString('utf8').includes(value)]).toEqual([each, true, true]);
      await eventually(async () => (await logSize()) > before, 10_000);
    }
    expect([403, 404]).toContain((await stage.as('clerk.wrcb').post(reveals[0]?.[0] ?? '', { reason: 'x' })).status);
  }, 60_000);

  it('in a document leaves a fact when it is read', async () => {
    const { id } = await stage.addInstrument(staged.id, 'inquiry-notice');
    await eventually(async () => {
      const size = await logSize();
      await new Promise((resolve) => void setTimeout(resolve, 1_200));
      return (await logSize()) === size;
    }, 15_000);
    const before = await logSize();
    const reply = await stage.officer.get(`/api/v1/instruments/${id}/content`);
    expect([reply.status, reply.headers.get('content-type'), reply.bytes.subarray(0, 5).toString('latin1')]).toEqual([
      200,
      'application/pdf',
      '%PDF-',
    ]);
    await eventually(async () => (await logSize()) > before, 10_000);
  }, 60_000);

  it('does not stand in the data folder in clear, in any of its usual spellings, outside the simulated banks', async () => {
    await stage.system.stop();
    const values = [staged.debtor.name, ...clear()];
    const needles = values.flatMap((value) => spellings(value).map((bytes) => ({ value, bytes })));
    const files = await filesBelow(stage.dataDir);
    const named = files.filter((file) => values.some((value) => file.includes(value)));
    const found: string[] = [];
    let inSim = 0;
    for (const file of files) {
      const bytes = await readFile(path.join(stage.dataDir, file));
      const hits = needles.filter((needle) => bytes.includes(needle.bytes));
      if (file.split(path.sep)[0] === 'sim') inSim += hits.length;
      else for (const { value } of hits) found.push(`${file}: ${value}`);
    }
    expect([...new Set(found)]).toEqual([]);
    expect(named).toEqual([]);
    // The search itself works: the simulated banks' own store does hold them.
    expect([files.length > 10, inSim > 0]).toEqual([true, true]);
  }, 60_000);

  async function logSize(): Promise<number> {
    const reply = await stage.system.anonymous.get<string>('/ledger/checkpoint');
    return Number(String(reply.body).split('\n')[1]);
  }
});

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
}
