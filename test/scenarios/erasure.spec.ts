import { cp, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  builtFile,
  DEMO_PASSWORD,
  eventually,
  startProcess,
  tempDir,
  testProfile,
  withTempDir,
  type ProblemBody,
  type TempDir,
} from '#testing';
import { dataKeyIn, filesBelow, filesWith, leafHashOf, opened, type KnownOpening } from './stage/attacker.js';
import { spellings } from './stage/spellings.js';
import { Stage } from './stage/stage.js';
import { verify, type Verdict } from './stage/verifier.js';
import type { CaseView, List, PartyView, RequestView } from './stage/views.js';

const PLAY_MS_MAX = 150_000;
const REASON = '档案保管期限届满';
/** What a server keeps lies outside the data folder; keys and blobs lie in it in both profiles. */
const isEmbedded = testProfile() === 'embedded';

interface Proof {
  readonly proofs: readonly { readonly leaf: string; readonly opening?: { readonly salt: string; readonly content: string } }[];
}

/** The played case, erased by the command; each test looks at it from another side. */
describe('the erasure of a case', () => {
  let stage: Stage;
  let played: CaseView;
  let before: TempDir;
  let request: RequestView;
  const known: KnownOpening[] = [];
  /** What the case told of its debtors: names, identity numbers, accounts. */
  const clear: string[] = [];
  let proofBefore: Proof;

  beforeAll(async () => {
    stage = await Stage.open({ demo: 'play' });
    before = await tempDir('before');
    await stage.system.process.waitForLine(/\/ledger\/checkpoint/, PLAY_MS_MAX);
    const { items } = await stage.officer.read<List<CaseView>>('/api/v1/cases');
    const main = items.find(({ caseNumber }) => caseNumber.endsWith('执1234号'));
    if (!main) throw new Error(`the play left no main case:\n${stage.system.process.output().slice(-4000)}`);
    played = await stage.case(main.id);
    const requests = await stage.officer.read<List<RequestView>>(`/api/v1/requests?caseId=${played.id}`);
    request = requests.items[0]!;
    proofBefore = await proofOf(request.id);
    for (const { leaf, opening } of proofBefore.proofs) {
      if (!opening) continue;
      const salt = Buffer.from(opening.salt, 'base64');
      const clearBytes = salt.length + Buffer.from(opening.content, 'base64').length;
      known.push({ leafHash: leafHashOf(leaf), salt, clearBytes });
    }
    for (const { id } of played.parties.filter(({ role }) => role === 'debtor')) {
      const shown = await stage.officer.post<PartyView>(`/api/v1/parties/${id}/reveal`, { reason: '核对身份' });
      clear.push(shown.body.name, shown.body.idNumber);
    }
    for (const bank of ['hubeibank', 'hankoubank', 'hbrcu', 'wrcb']) {
      const ofDebtors = (await stage.customers(bank)).filter(({ idNumber }) => clear.includes(idNumber));
      clear.push(...ofDebtors.flatMap(({ accounts }) => accounts.map(({ number }) => number)));
    }
    await cp(stage.dataDir, before.path, { recursive: true });
  }, 300_000);

  afterAll(async () => {
    await stage.close();
    await before.remove();
  });

  it('begins with something that can be opened: else nothing below would say anything', async () => {
    expect(known.length).toBeGreaterThan(0);
    if (!isEmbedded) return;
    const files = await filesBelow(before.path, ['sim']);
    const key = dataKeyIn(files, played.id);
    expect(key).toHaveLength(32);
    expect(opened(files, key!, known)).toBeGreaterThan(0);
  }, 240_000);

  it('is proposed by one person, approved by another, and done, by the command', async () => {
    const proposed = await erase('judge', '--case', played.caseNumber, 'propose', '--reason', REASON);
    expect([proposed.code, proposed.output]).toEqual([0, expect.stringMatching(/^awaiting \S+ \(/)]);
    const id = proposed.output.split(' ')[1] ?? '';
    const own = await erase('judge', 'approve', id);
    expect([own.code, own.output]).toEqual([1, expect.stringMatching(/^refused own-approval/)]);
    const stranger = await erase('officer', 'approve', id);
    expect([stranger.code, stranger.output]).toEqual([1, expect.stringMatching(/^refused forbidden/)]);
    const approved = await erase('leader', 'approve', id);
    expect([approved.code, approved.output]).toEqual([0, `erased ${id} ${played.caseNumber}\n`]);
    const status = await erase('auditor', '--case', played.caseNumber, 'status');
    expect([status.code, status.output]).toEqual([0, `erased ${id} ${played.caseNumber}\n`]);
  }, 120_000);

  it('leaves of the case its number and state, and says so', async () => {
    const gone = await stage.officer.get<ProblemBody>(`/api/v1/cases/${played.id}`);
    expect([gone.status, gone.body]).toEqual([
      410,
      expect.objectContaining({ code: 'content-erased', caseNumber: played.caseNumber, caseStatus: 'closed' }),
    ]);
    const { items } = await stage.officer.read<List<CaseView>>('/api/v1/cases');
    expect(items.find(({ id }) => id === played.id)).toMatchObject({ caseNumber: played.caseNumber, status: 'closed', erased: true });
    const shown = await stage.officer.read<List<RequestView>>(`/api/v1/requests?caseId=${played.id}`);
    expect(shown.items.every(({ status }) => status !== 'dispatched')).toBe(true);
    expect((await stage.officer.get<ProblemBody>(`/api/v1/cases/${played.id}/holdings`)).status).toBe(410);
    // The other case of the play lives.
    const other = items.find(({ caseNumber }) => caseNumber.endsWith('执1302号'));
    expect((await stage.case(other!.id)).parties.every(({ name }) => (name ?? '') !== '')).toBe(true);
  }, 60_000);

  it('leaves the ledger whole, and the proofs of its requests good, without openings', async () => {
    const overHttp = await verify('--log', `${stage.system.origin}/ledger`);
    expect([overHttp.code, overHttp.output]).toEqual([0, expect.stringMatching(/^ok .*size=\d+/)]);
    const proof = await proofOf(request.id);
    expect(proof.proofs.map(({ leaf }) => leaf)).toEqual(proofBefore.proofs.map(({ leaf }) => leaf));
    expect(proof.proofs.filter(({ opening }) => opening !== undefined)).toEqual([]);
    await withTempDir(async (folder) => {
      const file = path.join(folder, 'proof.json');
      await writeFile(file, JSON.stringify(proof));
      const checked = await verify('--log', `${stage.system.origin}/ledger`, '--proof', file);
      expect([checked.code, checked.output]).toEqual([0, expect.stringMatching(/proofs=[1-9]/)]);
    });
    const found = await eventually(async () => {
      const number = encodeURIComponent(played.caseNumber);
      const { items } = await stage.as('auditor').read<List<{ leaf: { type: string } }>>(`/ledger/v1/entries?caseNumber=${number}`);
      const types = items.map(({ leaf }) => leaf.type);
      return types.includes('case.erased') ? types : undefined;
    });
    expect(found).toEqual(expect.arrayContaining(['case.erasure-proposed', 'case.erasure-approved', 'case.content-destroyed']));
  }, 120_000);

  it('leaves nothing on the disk that opens it, not even with a copy from before and the key files of today', async () => {
    await stage.system.stop();
    const copied = await filesBelow(before.path, ['sim']);
    const keyBefore = isEmbedded ? dataKeyIn(copied, played.id) : undefined;
    const now = await filesBelow(stage.dataDir, ['sim']);
    expect(dataKeyIn(now, played.id)).toBeUndefined();
    for (const { salt } of known) expect(filesWith(now, salt)).toEqual([]);
    for (const [file, bytes] of copied) {
      // A key of then is in no file of today.
      if (!/kek(-\d+)?\.json$/.test(file)) continue;
      const { keys = {}, key } = JSON.parse(bytes.toString('utf8')) as { keys?: Record<string, string>; key?: string };
      const secrets = [...Object.values(keys), ...(key === undefined ? [] : [key])];
      for (const secret of secrets) {
        expect(filesWith(now, Buffer.from(secret))).toEqual([]);
        expect(filesWith(now, Buffer.from(secret, 'base64'))).toEqual([]);
      }
    }
    if (!isEmbedded) return;
    expect(keyBefore).toHaveLength(32);
    expect(filesWith(now, keyBefore!)).toEqual([]);
    // The control: the copy with its own key files of then would open, which is why these must not outlive the erasure.
    await bringKeyFilesOfToday(stage.dataDir, before.path);
    expect(dataKeyIn(await filesBelow(before.path, ['sim']), played.id)).toBeUndefined();
  }, 300_000);

  it('leaves of its debtors no name, number or account in clear: in no file, freed page or log, of then or of now, and in nothing that was printed', async () => {
    expect(clear.length).toBeGreaterThan(4);
    const needles = [...new Set(clear)].flatMap((value) => spellings(value).map((bytes) => ({ value, bytes })));
    const found: string[] = [];
    for (const folder of [before.path, stage.dataDir]) {
      for (const [file, bytes] of await filesBelow(folder, ['sim'])) {
        for (const needle of needles) if (bytes.includes(needle.bytes)) found.push(`${file}: ${needle.value}`);
      }
    }
    const printed = stage.system.process.output();
    for (const value of clear) if (printed.includes(value)) found.push(`printed: ${value}`);
    expect(found).toEqual([]);
    // The search itself works: the simulated banks' own store does hold them, where it is files.
    if (!isEmbedded) return;
    const sim = [...(await filesBelow(path.join(stage.dataDir, 'sim'))).values()];
    expect(needles.some((needle) => sim.some((bytes) => bytes.includes(needle.bytes)))).toBe(true);
  }, 300_000);

  async function proofOf(requestId: string): Promise<Proof> {
    return eventually(async () => {
      const reply = await stage.officer.get<Proof>(`/api/v1/requests/${requestId}/proof`);
      return reply.status === 200 ? reply.body : undefined;
    });
  }

  async function erase(username: string, ...args: readonly string[]): Promise<Verdict> {
    const env = { CHAKONG_USER: username, CHAKONG_PASSWORD: DEMO_PASSWORD, CHAKONG_TOKEN: '' };
    const run = startProcess(await builtFile('apps/court-gateway/src/erase/main.js'), ['--court', stage.system.origin, ...args], env);
    const { code } = await run.ended();
    return { code, output: run.output() };
  }
});

/** A restored backup of everything but the key files, which are those of today. */
async function bringKeyFilesOfToday(from: string, to: string): Promise<void> {
  const isKeyFile = (name: string): boolean => name.startsWith('kek');
  for (const name of await readdir(path.join(to, 'keys'))) if (isKeyFile(name)) await rm(path.join(to, 'keys', name));
  for (const name of await readdir(path.join(from, 'keys'))) {
    if (isKeyFile(name)) await cp(path.join(from, 'keys', name), path.join(to, 'keys', name));
  }
}

/** Deaths by SIGKILL, at moments that nobody chose. */
(isEmbedded ? describe : describe.skip)('an erasure whose process is killed', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open();
  }, 120_000);
  afterAll(() => stage.close());

  it.each([0, 15, 40, 80, 150])(
    '%i ms after its approval ends erased after the next start',
    async (ms) => {
      const staged = await stage.inquiredCase({ accounts: [{ bank: 'hubeibank', balance: '900.00' }] });
      await stage.officer.write('POST', `/api/v1/cases/${staged.id}/close`, { manner: 'settled', reason: '和解' });
      const { id } = await stage.as('judge').write<{ id: string }>('POST', '/api/v1/erasures', { caseId: staged.id, reason: REASON });
      await stage.as('leader').write('POST', `/api/v1/erasures/${id}/approval`, { decision: 'approve' });
      await new Promise((resolve) => void setTimeout(resolve, ms));
      await stage.restart('kill');
      await eventually(async () => {
        const { state } = await stage.as('leader').read<{ state: string }>(`/api/v1/erasures/${id}`);
        return state === 'erased';
      }, 30_000);
      expect((await stage.officer.get(`/api/v1/cases/${staged.id}`)).status).toBe(410);
      expect((await verify('--log', `${stage.system.origin}/ledger`)).code).toBe(0);
      await stage.system.stop();
      expect(dataKeyIn(await filesBelow(stage.dataDir, ['sim']), staged.id)).toBeUndefined();
      await stage.restart('stop');
      const next = await stage.fileCase();
      expect((await stage.case(next.id)).parties).toHaveLength(1);
    },
    180_000,
  );
});
