import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, withTempDir, type Caller } from '#testing';
import { Stage, type StagedCase } from './stage/stage.js';
import { verify } from './stage/verifier.js';
import type { List } from './stage/views.js';

interface Entry {
  readonly index: number;
  readonly caseNumber?: string;
  readonly orderNumber?: string;
  readonly actor?: string;
  readonly leaf: Readonly<Record<string, unknown>>;
  readonly bytes: string;
  readonly coveredBy: { readonly origin: string; readonly size: number; readonly root: string };
}

interface Page extends List<Entry> {
  readonly nextCursor: string | null;
}

describe('what auditors find in the ledger', () => {
  let stage: Stage;
  let staged: StagedCase;
  let other: StagedCase;
  let auditor: Caller;

  beforeAll(async () => {
    stage = await Stage.open();
    auditor = stage.as('auditor');
    const accounts = [
      { bank: 'hubeibank', balance: '900.00' },
      { bank: 'hbrcu', balance: '900.00' },
    ] as const;
    const inquired = await stage.inquiredCase({ accounts });
    await stage.freeze(
      inquired,
      inquired.holdings.map(({ id }) => ({ holdingId: id, amount: '100.00' })),
    );
    await stage.officer.write('POST', `/api/v1/parties/${inquired.debtorId}/reveal`, { reason: '核对身份' });
    staged = inquired;
    other = await stage.fileCase();
  }, 180_000);

  afterAll(() => stage.close());

  const ask = (question: Readonly<Record<string, string>>): string => `/ledger/v1/entries?${new URLSearchParams(question).toString()}`;

  async function all(question: Readonly<Record<string, string>>): Promise<readonly Entry[]> {
    const found: Entry[] = [];
    let cursor: string | null = null;
    do {
      const page: Page = await auditor.read<Page>(ask({ ...question, limit: '7', ...(cursor === null ? {} : { cursor }) }));
      found.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== null && found.length < 1_000);
    return found;
  }

  /** The reveal is the last fact of the case; once it is covered, all are. */
  const covered = (): Promise<readonly Entry[]> =>
    eventually(async () => {
      const found = await all({ caseNumber: staged.caseNumber, type: 'party.revealed' });
      return found.length > 0 ? found : undefined;
    });

  it('is everything of a case, of an order, of a person and of a type, each with the checkpoint over it', async () => {
    const [revealed] = await covered();
    const ofCase = await all({ caseNumber: staged.caseNumber });
    expect(ofCase.every(({ caseNumber }) => caseNumber === staged.caseNumber)).toBe(true);
    expect(new Set(ofCase.map(({ index }) => index)).size).toBe(ofCase.length);
    expect(ofCase.every(({ index, coveredBy }) => index < coveredBy.size)).toBe(true);
    const types = new Set(ofCase.map(({ leaf }) => leaf['type']));
    expect([...types]).toEqual(expect.arrayContaining(['request.accepted', 'order.answered', 'party.revealed']));
    const orderNumber = ofCase.find((entry) => entry.orderNumber !== undefined)?.orderNumber ?? '';
    const ofOrder = await all({ orderNumber });
    expect(new Set(ofOrder.map(({ leaf }) => leaf['order'])).size).toBe(1);
    // The bank's own word stands beside the court's.
    expect(new Set(ofOrder.map(({ leaf }) => String(leaf['source']).split('/')[0]))).toEqual(new Set(['court-gateway', 'bank-connector']));
    const byActor = await all({ actor: revealed?.actor ?? '', caseNumber: other.caseNumber });
    expect([byActor.length > 0, byActor.every(({ actor }) => actor === revealed?.actor)]).toEqual([true, true]);
    expect(await all({ caseNumber: staged.caseNumber, from: '1999-01-01', to: '1999-12-31' })).toEqual([]);
  }, 60_000);

  it('says nothing of whom it is about', async () => {
    const text = JSON.stringify(await all({ caseNumber: staged.caseNumber }));
    for (const clear of [staged.debtor.name, staged.debtor.idNumber, ...staged.accounts.map(({ number }) => number)]) {
      expect([clear, text.includes(clear)]).toEqual([clear, false]);
    }
    const leaves = (await all({ caseNumber: staged.caseNumber })).map(({ bytes }) => Buffer.from(bytes, 'base64').toString('utf8')).join();
    expect(leaves).not.toContain(staged.caseNumber);
  }, 60_000);

  it("goes into one file that the auditors' program accepts, and refuses when a byte of a leaf is another", async () => {
    await covered();
    const file = await auditor.read<{ proofs: { leaf: string }[] }>(
      `/ledger/v1/entries/proofs?${new URLSearchParams({ caseNumber: staged.caseNumber }).toString()}`,
    );
    await withTempDir(async (folder) => {
      const saved = path.join(folder, 'case.json');
      const check = async (): Promise<{ code: number | null; output: string }> => {
        await writeFile(saved, JSON.stringify(file));
        return verify('--log', `${stage.system.origin}/ledger`, '--proof', saved);
      };
      const good = await check();
      expect([good.code, good.output]).toEqual([0, expect.stringContaining(`proofs=${file.proofs.length}`)]);
      const [first] = file.proofs;
      if (first) first.leaf = Buffer.from(Buffer.from(first.leaf, 'base64').toString().replace('"v":1', '"v":1 ')).toString('base64');
      expect((await check()).code).toBe(1);
    });
  }, 60_000);

  it("agrees with the court's own export of its orders, both ways, and not when either side lacks an order", async () => {
    await covered();
    const reply = await auditor.get<string>('/api/v1/orders/export');
    expect([reply.status, reply.headers.get('content-type')]).toEqual([200, 'application/x-ndjson']);
    const text = reply.bytes.toString('utf8');
    const [head = '', ...lines] = text.trimEnd().split('\n');
    const orders = lines.map((line) => (JSON.parse(line) as { orderNumber: string }).orderNumber);
    const { size } = JSON.parse(head) as { size: number };
    for (const clear of [staged.debtor.idNumber, staged.debtor.name, staged.caseNumber]) expect(text).not.toContain(clear);
    const check = (exported: readonly string[]) =>
      withTempDir(async (folder) => {
        const file = path.join(folder, 'orders.jsonl');
        await writeFile(file, `${[head, ...exported].join('\n')}\n`);
        return verify('--log', `${stage.system.origin}/ledger`, '--orders', file);
      });
    const whole = await check(lines);
    expect([whole.code, whole.output]).toEqual([0, expect.stringContaining(`orders=${new Set(orders).size} facts=${lines.length}`)]);
    const [one] = orders;
    const hidden = await check(lines.filter((_, i) => orders[i] !== one));
    expect([hidden.code, hidden.output]).toEqual([1, expect.stringMatching(/^broken entry \d+: /)]);
    const lost = JSON.stringify({ orderNumber: '209901014201060000000001', type: 'order.dispatched', leafHash: 'ab'.repeat(32) });
    const missing = await check([...lines, lost]);
    expect([missing.code, missing.output]).toEqual([1, expect.stringContaining('the log holds no fact')]);
    expect(size).toBeGreaterThan(lines.length);
    const found = await eventually(async () => {
      const facts = await all({ type: 'orders.exported' });
      return facts.length > 0 ? facts : undefined;
    });
    expect(found.every(({ actor }) => actor !== undefined)).toBe(true);
  }, 90_000);
});
