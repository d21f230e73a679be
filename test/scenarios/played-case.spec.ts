import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, withTempDir } from '#testing';
import { fen, Stage, sumOf, yuan } from './stage/stage.js';
import { verify } from './stage/verifier.js';
import type { CaseView, List, RequestView } from './stage/views.js';

const BANKS = ['hubeibank', 'hankoubank', 'hbrcu', 'wrcb'] as const;
const PLAY_MS_MAX = 150_000;
/** A second play would begin at once after the start; this long nothing may be added. */
const QUIET_MS = 3_000;
const FLIPS_PER_FILE = 3;

/** The worked example as `npm start` plays it; each test looks at the same play from another side. */
describe('the played case', () => {
  let stage: Stage;
  let played: CaseView;

  beforeAll(async () => {
    stage = await Stage.open({ demo: 'play' });
    await stage.system.process.waitForLine(/\/ledger\/checkpoint/, PLAY_MS_MAX);
    const { items } = await stage.officer.read<List<CaseView>>('/api/v1/cases');
    const main = items.find(({ caseNumber }) => caseNumber.endsWith('执1234号'));
    if (!main) throw new Error(`the play left no main case:\n${stage.system.process.output().slice(-4000)}`);
    played = await stage.case(main.id);
  }, 240_000);

  afterAll(() => stage.close());

  it('is closed with 189,197.50 deducted and credited over four banks and no live measure', async () => {
    expect(played).toMatchObject({
      status: 'closed',
      ceiling: yuan('189197.50'),
      collected: yuan('189197.50'),
      outstanding: yuan('0.00'),
      exposure: yuan('0.00'),
      excess: yuan('0.00'),
    });
    const payments = await stage.payments(played.id);
    expect(sumOf(payments.map(({ amount }) => amount.amount))).toBe(fen('189197.50'));
    expect(payments.map(({ state }) => state)).toEqual(['claimed', 'claimed', 'claimed', 'claimed']);
    const { items, underControl } = await stage.measures(played.id);
    expect(items.map(({ status }) => status)).toEqual(['exhausted', 'exhausted', 'exhausted', 'exhausted']);
    expect(underControl).toEqual(yuan('0.00'));
  });

  it("agrees with the banks' own journals, each effect once", async () => {
    const deducted: Record<string, string[]> = {};
    for (const bank of BANKS) {
      const rows = await stage.journal(bank);
      const effects = rows.map(({ orderNumber, line, action }) => `${orderNumber}/${line}/${action}`);
      expect(new Set(effects).size).toBe(effects.length);
      deducted[bank] = rows.filter(({ action }) => action === 'deduct').map(({ amount }) => amount?.amount ?? '');
    }
    expect(deducted).toEqual({ hubeibank: ['66213.50'], hankoubank: ['40000.00'], hbrcu: ['2000.00'], wrcb: ['80984.00'] });
    expect(await stage.balance('hubeibank', '4201000000000011')).toBe('6096.95');
    expect(await stage.balance('hankoubank', '6223000000007755')).toBe('60000.00');
    expect(await stage.balance('hbrcu', '8101000000008800')).toBe('3120.33');
    expect(await stage.balance('wrcb', '9101000000003310')).toBe('0.00');
  });

  it('went through one rollback with 0404, which moved nothing, and the request that corrected it', async () => {
    const { items } = await stage.officer.read<List<RequestView>>(`/api/v1/requests?caseId=${played.id}&limit=500`);
    const deducts = items.filter(({ action }) => action === 'deduct');
    expect(deducts.map(({ status }) => status).sort()).toEqual(['completed', 'partly-completed']);
    const first = await stage.request(deducts.find(({ status }) => status === 'partly-completed')?.id ?? '');
    const rolledBack = first.orders.find(({ status }) => status === 'rolled-back');
    expect(rolledBack).toMatchObject({ bank: 'hbrcu', rollback: { code: '0404' } });
    expect((await stage.journal('hbrcu')).filter(({ orderNumber }) => orderNumber === rolledBack?.orderNumber)).toEqual([]);
  });

  it('the second case shows promotion, partial release and renewal', async () => {
    const { items } = await stage.officer.read<List<CaseView>>('/api/v1/cases');
    const second = items.find(({ caseNumber }) => caseNumber.endsWith('执1302号'));
    const measures = (await stage.measures(second?.id ?? '')).items;
    expect(measures.map(({ status }) => status).sort()).toEqual(['in-force', 'released']);
    expect(measures.find(({ status }) => status === 'in-force')).toMatchObject({ limit: yuan('5000.00'), covered: yuan('5000.00') });
  });

  it('is proven: the ledger verifies over HTTP and from its files, and each request has its proof', async () => {
    const overHttp = await verify('--log', `${stage.system.origin}/ledger`);
    expect([overHttp.code, overHttp.output]).toEqual([0, expect.stringMatching(/^ok .*size=\d+/)]);
    const { items } = await stage.officer.read<List<RequestView>>(`/api/v1/requests?caseId=${played.id}`);
    const proof = await eventually(async () => {
      const reply = await stage.officer.get<{ format: string; proofs: unknown[] }>(`/api/v1/requests/${items[0]?.id ?? ''}/proof`);
      return reply.status === 200 ? reply.body : undefined;
    });
    expect([proof.format, proof.proofs.length > 0]).toEqual(['chakong-proof/v1', true]);
    await withTempDir(async (folder) => {
      const file = path.join(folder, 'proof.json');
      await writeFile(file, JSON.stringify(proof));
      const checked = await verify('--log', `${stage.system.origin}/ledger`, '--proof', file);
      expect([checked.code, checked.output]).toEqual([0, expect.stringMatching(/proofs=[1-9]/)]);
    });
  }, 60_000);

  it('any one byte changed in a file that the checkpoint needs is noticed and named', async () => {
    const vkey = (await stage.system.anonymous.get<string>('/ledger/vkey')).body.trim();
    await withTempDir(async (folder) => {
      const log = await copyOfLog(stage.dataDir, folder);
      const whole = await verify('--log', log, '--vkey', vkey);
      expect([whole.code, whole.output]).toEqual([0, expect.stringMatching(/^ok /)]);
      for (const file of await filesBelow(log)) {
        const bytes = await readFile(path.join(log, file));
        for (let n = 0; n < FLIPS_PER_FILE; n += 1) {
          const at = Math.floor(((n + 0.5) / FLIPS_PER_FILE) * bytes.length);
          const flipped = Buffer.from(bytes);
          flipped[at] = (flipped[at] ?? 0) ^ 0x01;
          await writeFile(path.join(log, file), flipped);
          const verdict = await verify('--log', log, '--vkey', vkey);
          expect([file, at, verdict.code, verdict.output]).toEqual([file, at, 1, expect.stringMatching(/^broken \S+/)]);
        }
        await writeFile(path.join(log, file), bytes);
      }
      expect((await verify('--log', log, '--vkey', vkey)).code).toBe(0);
    });
  }, 120_000);

  it('is played once: a second start on the same data adds nothing', async () => {
    const picture = async () => ({
      journals: await Promise.all(BANKS.map(async (bank) => stage.journal(bank))),
      cases: (await stage.officer.read<List<unknown>>('/api/v1/cases?limit=500')).items.length,
      requests: (await stage.officer.read<List<unknown>>('/api/v1/requests?limit=500')).items.length,
    });
    const before = await picture();
    await stage.restart('stop', { demo: 'play' });
    await stage.system.process.waitForLine(/\/ledger\/checkpoint/, PLAY_MS_MAX);
    await new Promise((resolve) => void setTimeout(resolve, QUIET_MS));
    expect(await picture()).toEqual(before);
    expect((await verify('--log', `${stage.system.origin}/ledger`)).code).toBe(0);
  }, 120_000);
});

/** The log as it stands on disk at one checkpoint: a copy during which another was published is made again. */
async function copyOfLog(dataDir: string, folder: string): Promise<string> {
  const [year = ''] = (await readdir(path.join(dataDir, 'ledger')))
    .filter((name) => /^\d{4}$/.test(name))
    .sort()
    .slice(-1);
  const source = path.join(dataDir, 'ledger', year);
  const log = path.join(folder, year);
  await eventually(async () => {
    const before = await readFile(path.join(source, 'checkpoint'), 'utf8');
    await cp(source, log, { recursive: true });
    return (await readFile(path.join(log, 'checkpoint'), 'utf8')) === before;
  });
  return log;
}

/** The files that the current checkpoint needs: itself, full tiles, and of partial ones the widest of each place. */
async function filesBelow(log: string): Promise<string[]> {
  const all = (await readdir(log, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(log, path.join(entry.parentPath, entry.name)));
  const size = Number((await readFile(path.join(log, 'checkpoint'), 'utf8')).split('\n')[1]);
  const needed = all.filter((file) => file === 'checkpoint' || isNeeded(file, size));
  // Some of each kind are enough: every byte of every file would take hours.
  const kinds = new Map<string, string[]>();
  for (const file of needed) kinds.set(kindOf(file), [...(kinds.get(kindOf(file)) ?? []), file]);
  return [...kinds.values()].flatMap((files) => files.slice(0, 2));
}

function kindOf(file: string): string {
  return file.replaceAll(/\d+/g, '#');
}

/** A partial tile is needed when it is the last of its level, and as wide as what is left of the tree there (C2SP tlog-tiles). */
function isNeeded(file: string, size: number): boolean {
  const match = /^tile\/(\d+|entries)\/([x\d/]+?)(?:\.p\/(\d+))?$/.exec(file.replaceAll(path.sep, '/'));
  if (!match) return false;
  const [, level = '', place = '', width] = match;
  if (width === undefined) return true;
  const hashes = Math.floor(size / 256 ** (level === 'entries' ? 0 : Number(level)));
  const index = Number(place.replaceAll(/[x/]/g, ''));
  return index === Math.floor(hashes / 256) && Number(width) === hashes % 256;
}
