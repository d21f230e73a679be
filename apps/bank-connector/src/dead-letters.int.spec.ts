import { rename } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SystemClock } from '#kernel';
import { eventually, tempDir, type TempDir } from '#testing';
import { testProfile } from './testing/rig.js';
import { runConnector, type CallOptions, type RunningConnector } from './testing/running-connector.js';
import { sampleFreeze } from './testing/sample-orders.js';
import { ScriptedBank } from './testing/scripted-bank.js';

const BANK = 'hubeibank';
const DOOR = `/api/v1/connectors/${BANK}/dead-letters`;
const REASON = { reason: '法律文书已补回' };

interface LetterView {
  readonly messageId: string;
  readonly redrive?: { readonly state: string; readonly error?: string };
}

let folder: TempDir;
let connector: RunningConnector;
let bank: ScriptedBank;
let tokens: Record<string, string>;
const clock = new SystemClock();

beforeEach(async () => {
  folder = await tempDir('connector-letters');
  let endpoint = '';
  connector = await runConnector(folder.path, clock, [{ profile: testProfile(BANK, 'realtime-json'), endpoint: () => endpoint }]);
  bank = new ScriptedBank(connector.rig.bankSigner(BANK));
  endpoint = await bank.listen();
  tokens = {
    admin: await connector.token('admin', ['admin']),
    admin2: await connector.token('admin2', ['admin']),
    auditor: await connector.token('auditor', ['auditor']),
    clerk: await connector.token('clerk', ['clerk'], BANK),
    officer: await connector.token('officer', ['officer']),
  };
});

afterEach(async () => {
  await connector.close();
  await bank.close();
  await folder.remove();
});

const call = (who: string, method: string, part = '', options: CallOptions = {}) =>
  connector.call(method, `${DOOR}${part}`, { ...(tokens[who] === undefined ? {} : { token: tokens[who] }), ...options });
const propose = (who: string, id: string, options: CallOptions = {}) => call(who, 'POST', `/${id}/redrive`, { body: REASON, ...options });
const approve = (who: string, id: string, decision = 'approve') => call(who, 'POST', `/${id}/redrive/approval`, { body: { decision } });
const letters = async (query = ''): Promise<LetterView[]> => (await call('admin', 'GET', query)).body['items'] as LetterView[];
const letter = async (id: string): Promise<LetterView | undefined> =>
  (await letters('?state=all')).find(({ messageId }) => messageId === id);
const factsHeard = (type: string): number => connector.rig.heard.facts.filter((fact) => fact.type === type).length;

const blobs = (): string => path.join(folder.path, 'blobs');
/** The store of documents is away, or back. */
const documents = (are: 'away' | 'back'): Promise<void> =>
  are === 'away' ? rename(blobs(), `${blobs()}-away`) : rename(`${blobs()}-away`, blobs());

/** An order that dies because its documents are away. */
async function poison(): Promise<{ id: string; orderNumber: string }> {
  const order = sampleFreeze(connector.rig, connector.digest);
  await connector.rig.dispatch([order]);
  const id = `message-${order.orderNumber}`;
  await eventually(async () => (await letters()).some(({ messageId }) => messageId === id));
  return { id, orderNumber: order.orderNumber };
}

describe('a dead letter of a connector', () => {
  it('is driven again once its cause is mended and two administrators have agreed, and then reaches the bank once', async () => {
    await documents('away');
    const { id, orderNumber } = await poison();
    await documents('back');
    expect(bank.executed).toHaveLength(0);
    const shown = await call('auditor', 'GET', `/${id}`);
    expect(shown).toMatchObject({
      status: 200,
      body: { reader: `bank-connector/${BANK}`, messageId: id, type: 'order.dispatched.v1', attempts: 5, redrives: [] },
    });
    expect(JSON.stringify([shown.body, await letters()])).not.toMatch(/陈志远|420106190001010019|4201000000000011|"body"|"key"/);

    const asked = await propose('admin', id, { key: 'once' });
    expect(asked).toMatchObject({ status: 202, body: { state: 'awaiting', askedBy: 'user-admin' }, replayed: false });
    expect(await propose('admin', id, { key: 'once' })).toEqual({ ...asked, replayed: true });
    expect(await propose('admin2', id)).toMatchObject({ status: 409, body: { code: 'wrong-state' } });
    expect(await approve('admin', id)).toMatchObject({ status: 403, body: { code: 'own-approval' } });
    expect(bank.executed).toHaveLength(0);
    expect(await approve('admin2', id)).toMatchObject({ status: 202, body: { state: 'approved' } });

    await eventually(async () => (await letter(id))?.redrive?.state === 'redriven');
    await eventually(() => bank.executed.length === 1);
    expect((await connector.row(BANK, orderNumber)).order_number).toBe(orderNumber);
    expect((await letters()).map(({ messageId }) => messageId)).not.toContain(id);
    for (const step of ['redrive-proposed', 'redrive-approved', 'redriven']) {
      await eventually(() => factsHeard(`dead-letter.${step}`) === 1);
    }
    await eventually(() => factsHeard('dead-letter.refused') === 2);
    expect(await propose('admin', id)).toMatchObject({ status: 404 });
    expect(bank.executed).toHaveLength(1);
  });

  it('stays when its handler fails again, says why, and can be asked for once more; and when the second person says no', async () => {
    await documents('away');
    const { id } = await poison();
    await propose('admin2', id);
    await approve('admin', id);
    const failed = await eventually(async () => {
      const found = await letter(id);
      return found?.redrive?.state === 'failed' ? found : undefined;
    });
    expect(failed.redrive?.error).not.toBe('');
    await propose('admin', id);
    expect(await approve('admin2', id, 'reject')).toMatchObject({ status: 202, body: { state: 'rejected' } });
    const { body } = await call('admin', 'GET', `/${id}`);
    expect((body['redrives'] as { state: string }[]).map(({ state }) => state)).toEqual(['rejected', 'failed']);
    expect((await letters()).map(({ messageId }) => messageId)).toEqual([id]);
    await documents('back');
  });

  it('are found by state and type, page by page, newest first', async () => {
    await documents('away');
    const ids = [(await poison()).id, (await poison()).id].reverse();
    await documents('back');
    expect((await letters('?type=order.dispatched.v1')).map(({ messageId }) => messageId)).toEqual(ids);
    expect(await letters('?type=order.resolved.v1')).toEqual([]);
    const first = await call('admin', 'GET', '?limit=1');
    expect((first.body['items'] as LetterView[]).map(({ messageId }) => messageId)).toEqual(ids.slice(0, 1));
    const second = await call('admin', 'GET', `?limit=1&cursor=${String(first.body['nextCursor'])}`);
    expect((second.body['items'] as LetterView[]).map(({ messageId }) => messageId)).toEqual(ids.slice(1));
    expect(second.body['nextCursor']).toBeNull();
    expect((await call('admin', 'GET', '?limit=9999')).status).toBe(400);
    expect((await call('admin', 'GET', '?state=dead')).status).toBe(400);
  });

  it.each([
    ['nobody', 401, 401],
    ['clerk', 403, 403],
    ['officer', 403, 403],
    ['auditor', 200, 403],
    ['admin', 200, 404],
  ])('for %s: reading is answered %i, a proposal %i', async (who, read, write) => {
    expect((await call(who, 'GET')).status).toBe(read);
    expect((await propose(who, 'nothing')).status).toBe(write);
    expect((await approve(who, 'nothing')).status).toBe(write);
  });

  it('is nothing at a bank of another process, or under a name that none has', async () => {
    expect((await connector.call('GET', '/api/v1/connectors/wrcb/dead-letters', { token: tokens['admin'] ?? '' })).status).toBe(404);
    expect((await call('admin', 'GET', `/${'x'.repeat(300)}`)).status).toBe(404);
    expect((await call('admin', 'POST', '/nothing/redrive', { body: REASON, key: '' })).body['code']).toBe('idempotency-key-required');
  });
});
