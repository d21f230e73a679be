import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { signForWire } from '#connector-sdk';
import { SystemClock } from '#kernel';
import { Ed25519Verifier, verifyDetached } from '#trust';
import { eventually, tempDir, type TempDir } from '#testing';
import { testProfile } from '../testing/rig.js';
import { runConnector, type RunningConnector } from '../testing/running-connector.js';
import { CASE_ID, sampleFreeze, sampleInquiry } from '../testing/sample-orders.js';

const BANK = 'hbrcu';
const PERSON = 'hbrcu-jiayu';

describe('a bank that exchanges files', () => {
  let folder: TempDir;
  let connector: RunningConnector;
  const clock = new SystemClock();

  const open = async (): Promise<void> => {
    const legalPersons = [PERSON, 'hbrcu-anlu'].map((code) => ({ code, name: code }));
    const profile = testProfile(BANK, 'file-zip', { legalPersons, pollMs: 50 });
    connector = await runConnector(join(folder.path, 'data'), clock, [{ profile, endpoint: () => host.address, exchangeKeys: host }]);
  };

  beforeEach(async () => {
    folder = await tempDir('file');
    await open();
  });

  afterEach(async () => {
    await connector.close();
    await folder.remove();
  });

  const path = (...parts: string[]): string => join(folder.path, 'exchange', PERSON, ...parts);
  const down = async (): Promise<string[]> => (await readdir(path('down'))).filter((name) => name.endsWith('.json')).sort();
  const put = async (name: string, content: object, damage?: (text: string) => string): Promise<void> => {
    const text = JSON.stringify(content);
    await writeFile(path('up', `${name}.sig`), await signForWire(connector.rig.bankSigner(BANK), Buffer.from(text)));
    await writeFile(path('up', `${name}.tmp`), damage?.(text) ?? text);
    await rename(path('up', `${name}.tmp`), path('up', name));
  };
  const at = '2026-03-10T03:52:04.000Z';
  const money = { amount: '66213.50', currency: 'CNY' };
  const nothing = (orderNumber: string): object => ({
    format: 'chakong-answer/v1',
    orderNumber,
    answeredAt: at,
    inquiry: { result: 'no-account', holdings: [] },
  });
  const frozen = (orderNumber: string): object => ({
    format: 'chakong-answer/v1',
    orderNumber,
    answeredAt: at,
    control: { lines: [{ seq: 1, status: 'done', limit: money, covered: money }] },
  });
  const feedback = (...answers: object[]): object => ({ format: 'chakong-feedback/v1', answers });
  const answersTo = (orderNumber: string) => connector.rig.heard.answers.filter((answer) => answer.orderNumber === orderNumber);
  const inquiry = () => sampleInquiry(connector.rig, connector.digest, { legalPerson: PERSON });
  const freeze = () => sampleFreeze(connector.rig, connector.digest, { legalPerson: PERSON });

  it('puts inquiries together, control orders alone, each file signed over its exact bytes', async () => {
    const [first, second, third] = [inquiry(), inquiry(), freeze()];
    await connector.rig.dispatch([first, second, third]);
    const names = await eventually(async () => ((await down()).length === 2 ? down() : undefined));
    expect(names[0]).toMatch(/^CXQQ_hbrcu-jiayu_\d{20}\.json$/);
    expect(names[1]).toBe(`KZQQ_${PERSON}_${third.orderNumber}.json`);
    const court = new Ed25519Verifier(connector.rig.courtKeyPem, 'court-1');
    for (const name of names) {
      const bytes = await readFile(path('down', name));
      const [, , value] = (await readFile(path('down', `${name}.sig`), 'utf8')).split(';');
      expect(verifyDetached(court, bytes, `ed25519:${value}`).valid).toBe(true);
    }
    const batch = JSON.parse(await readFile(path('down', names[0] ?? ''), 'utf8')) as {
      orders: { orderNumber: string; documents: object[] }[];
    };
    expect(batch.orders.map(({ orderNumber }) => orderNumber)).toEqual([first.orderNumber, second.orderNumber]);
    expect(batch.orders[0]?.documents[0]).toHaveProperty('content');
  });

  it('takes a receipt and answers, keeps each answer’s exact slice, and leaves no clear file behind', async () => {
    const [first, second] = [inquiry(), inquiry()];
    await connector.rig.dispatch([first, second]);
    const [name = ''] = await eventually(async () => ((await down()).length > 0 ? down() : undefined));
    // The bank moves what it has taken away; the exchange's copy is ours to remove.
    for (const file of [name, `${name}.sig`]) await rename(path('down', file), path('down', 'done', file));
    await put(`HZ_${name}`, { format: 'chakong-receipt/v1', file: name, receivedAt: at });
    await eventually(() => connector.rig.heard.events.filter(({ event }) => event === 'received').length === 2);
    const answers = [nothing(first.orderNumber), nothing(second.orderNumber)];
    await put(`CXFK_${PERSON}_20260310035204000001_1.json`, feedback(...answers));
    await eventually(() => answersTo(second.orderNumber).length === 1);
    const digest = answersTo(second.orderNumber)[0]?.original.digest ?? '';
    expect((await connector.rig.parts.blobs.get(CASE_ID, digest)).toString()).toBe(JSON.stringify(answers[1]));
    expect(answersTo(second.orderNumber)[0]?.original.signature).toBe('valid');
    await eventually(async () =>
      (await Promise.all(['up', 'down/done', 'down'].map((part) => readdir(path(part))))).flat().every((one) => !one.includes('.')),
    );
  });

  it.each(['hbrcu-nowhere', '../../elsewhere'])(
    'withdraws an order for the legal person %s, which the profile does not name',
    async (legalPerson) => {
      const order = sampleInquiry(connector.rig, connector.digest, { legalPerson });
      await connector.rig.dispatch([order]);
      await eventually(() => connector.rig.heard.events.some(({ event, code }) => event === 'withdrawn' && code === 'unsupported-by-bank'));
      expect(await connector.row(BANK, order.orderNumber)).toMatchObject({ delivery: 'READY', standing: 'withdrawn' });
    },
  );

  it('writes the very same file again when the bank took it away and never spoke of it', async () => {
    const order = freeze();
    await connector.rig.dispatch([order]);
    const [name = ''] = await eventually(async () => ((await down()).length > 0 ? down() : undefined));
    const bytes = await readFile(path('down', name));
    await mkdir(path('lost'), { recursive: true });
    await rename(path('down', name), path('lost', name));
    clock.advance(31_000);
    await eventually(async () => (await down()).includes(name));
    expect(await readFile(path('down', name))).toEqual(bytes);
  });

  it('makes the file of a process that died before writing it, from the journal alone', async () => {
    const order = freeze();
    await connector.rig.dispatch([order]);
    const [name = ''] = await eventually(async () => ((await down()).length > 0 ? down() : undefined));
    const bytes = await readFile(path('down', name));
    await connector.close();
    await mkdir(path('lost'), { recursive: true });
    await rename(path('down', name), path('lost', name));
    await open();
    await eventually(async () => (await down()).includes(name));
    expect(await readFile(path('down', name))).toEqual(bytes);
    expect(await connector.row(BANK, order.orderNumber)).toMatchObject({ delivery: 'SENDING', standing: 'open' });
  });

  it('takes a damaged file for no answer, tells the bank, and applies the good one', async () => {
    const order = freeze();
    await connector.rig.dispatch([order]);
    await eventually(async () => (await down()).length > 0);
    await put(`KZFK_${PERSON}_${order.orderNumber}_1.json`, feedback(frozen(order.orderNumber)), (text) =>
      text.replace('66213.50', '66213.51'),
    );
    const [doubtful] = await eventually(() => (answersTo(order.orderNumber).length > 0 ? answersTo(order.orderNumber) : undefined));
    expect(doubtful?.control?.lines).toMatchObject([{ status: 'undetermined' }]);
    const note = `KZHZ_KZFK_${PERSON}_${order.orderNumber}_1.json`;
    await eventually(async () => (await down()).includes(note));
    await put(`KZFK_${PERSON}_${order.orderNumber}_2.json`, feedback(frozen(order.orderNumber)));
    await eventually(() => answersTo(order.orderNumber).length === 2);
    expect(answersTo(order.orderNumber)[1]?.control?.lines).toMatchObject([{ status: 'executed' }]);
  });

  it('takes a file that is no JSON by its name for a doubt about its order', async () => {
    const order = freeze();
    await connector.rig.dispatch([order]);
    await eventually(async () => (await down()).length > 0);
    await put(`KZFK_${PERSON}_${order.orderNumber}_1.json`, feedback(frozen(order.orderNumber)), (text) => text.slice(1));
    await eventually(() => answersTo(order.orderNumber).length === 1);
    expect(await connector.row(BANK, order.orderNumber)).toMatchObject({ standing: 'parked' });
    const failed = `KZFK_${PERSON}_${order.orderNumber}_1.json`;
    await eventually(async () => (await readdir(path('up', 'failed'))).includes(failed));
    expect(await readFile(path('up', 'failed', failed), 'utf8')).toBe('');
  });
});
