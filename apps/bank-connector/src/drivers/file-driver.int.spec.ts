import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { courtXml, signForWire } from '#connector-sdk';
import { FileZip } from '#connectors/file-zip';
import { SystemClock, type Log } from '#kernel';
import { Ed25519Verifier, verifyDetached } from '#trust';
import { eventually, SftpHost, tempDir, type SftpRequest, type TempDir } from '#testing';
import { testProfile } from '../testing/rig.js';
import { runConnector, type RunningConnector } from '../testing/running-connector.js';
import { CASE_ID, sampleFreeze, sampleInquiry } from '../testing/sample-orders.js';

const BANK = 'hbrcu';
const PERSON = 'hbrcu-jiayu';
const INSTITUTION = 'D901H101421221001';
/** As many county banks as a union may have; the first is the one of most tests. */
const LEGAL_PERSONS = Array.from({ length: 80 }, (_, i) => {
  const code = i === 0 ? PERSON : `hbrcu-county-${i}`;
  return { code, name: code, institution: i === 0 ? INSTITUTION : `D901H10142${String(i).padStart(7, '0')}` };
});

describe('a bank that exchanges files', () => {
  let folder: TempDir;
  let host: SftpHost;
  let connector: RunningConnector;
  const clock = new SystemClock();
  /** Writes the bank's packages too: a package is a package, whoever puts documents into it. */
  const packages = new FileZip([]);

  const events: string[] = [];
  const log: Log = { write: (_, event) => void events.push(event) };
  const open = async (legalPersons = LEGAL_PERSONS.slice(0, 2)): Promise<void> => {
    const profile = testProfile(BANK, 'file-zip', { legalPersons, pollMs: 50, user: 'court' });
    connector = await runConnector(join(folder.path, 'data'), clock, [{ profile, endpoint: () => host.address, exchangeKeys: host }], log);
  };

  beforeEach(async () => {
    folder = await tempDir('file');
    host = new SftpHost(join(folder.path, 'exchange'));
    for (const { institution } of LEGAL_PERSONS) {
      for (const part of ['down/done', 'up/failed']) await mkdir(join(host.folder, institution, part), { recursive: true });
    }
    await host.start();
    await open();
  });

  afterEach(async () => {
    await connector.close();
    await host.stop();
    await folder.remove();
  });

  const path = (...parts: string[]): string => join(host.folder, INSTITUTION, ...parts);
  const down = async (): Promise<string[]> => (await readdir(path('down'))).filter((name) => name.endsWith('.zip')).sort();
  const put = async (name: string, bytes: Buffer, damage = (whole: Buffer): Buffer => whole, institution = INSTITUTION): Promise<void> => {
    const up = join(host.folder, institution, 'up');
    const sm3 = createHash('sm3').update(bytes).digest('hex');
    const signature = await signForWire(connector.rig.bankSigner(BANK), bytes);
    await writeFile(join(up, `${name}.sig`), `chakong-seal/v1\nsm3 ${sm3}\nsignature ${signature}\n`);
    await writeFile(join(up, `${name}.tmp`), damage(bytes));
    await rename(join(up, `${name}.tmp`), join(up, name));
  };
  const { wrapRecords, writeElement, xmlElement } = courtXml;
  const list = (name: string, attributes: Readonly<Record<string, string>>): Buffer =>
    wrapRecords(name, [Buffer.from(writeElement(xmlElement(name.replace('List', ''), attributes), 'plain'))]);
  const at = { EX1_ANSWEREDAT: '2026-03-10 11:52:04.000' };
  const nothing = (orderNumber: string) => ({
    orderNumber,
    bytes: list('zhxxList', { BDHM: orderNumber, CCXH: '1', BEIZ: '查无开户信息', ...at }),
  });
  const frozen = (orderNumber: string) => ({
    orderNumber,
    bytes: list('kzxxList', { BDHM: orderNumber, CCXH: '1', KZZT: '1', DJXE: '66213.50', SKJE: '66213.50', CESKJE: '0.00', ...at }),
  });
  const batchOf = (downName: string): string => downName.slice(21, 51);
  const controlAnswer = (downName: string, orderNumber: string, copy: number): string =>
    `KZFK${INSTITUTION}${batchOf(downName)}${orderNumber.padStart(30, '_')}${String(copy).padStart(12, '0')}.zip`;
  const answersTo = (orderNumber: string) => connector.rig.heard.answers.filter((answer) => answer.orderNumber === orderNumber);
  const inquiry = () => sampleInquiry(connector.rig, connector.digest, { legalPerson: PERSON });
  const freeze = () => sampleFreeze(connector.rig, connector.digest, { legalPerson: PERSON });
  /** The one package that lies there. */
  const placed = async (): Promise<string> => (await eventually(async () => ((await down()).length > 0 ? down() : undefined)))[0] ?? '';
  const garbled = (whole: Buffer): Buffer => {
    const copy = Buffer.from(whole);
    copy.write('66213.51', copy.indexOf('66213.50'));
    return copy;
  };

  it('puts inquiries together, control orders alone, each package sealed over its exact bytes', async () => {
    const [first, second, third] = [inquiry(), inquiry(), freeze()];
    await connector.rig.dispatch([first, second, third]);
    const names = await eventually(async () => ((await down()).length === 2 ? down() : undefined));
    expect(names[0]).toMatch(/^CXQQD901H101421221001\d{30}\.zip$/);
    expect(names[1]).toMatch(/^KZQQD901H101421221001\d{30}\.zip$/);
    const court = new Ed25519Verifier(connector.rig.courtKeyPem, 'court-1');
    for (const name of names) {
      const bytes = await readFile(path('down', name));
      const seal = await readFile(path('down', `${name}.sig`), 'utf8');
      expect(seal).toContain(createHash('sm3').update(bytes).digest('hex'));
      expect((await verifyDetached(court, bytes, `ed25519:${seal.trim().split(';').at(-1)}`)).valid).toBe(true);
    }
    // Stored and not compressed, so what is in it can be seen in it.
    const batch = await readFile(path('down', names[0] ?? ''), 'utf8');
    for (const { orderNumber } of [first, second]) {
      for (const part of ['QA', 'QI', 'QC']) expect(batch).toContain(`${part}_${orderNumber}.xml`);
      expect(batch).toContain(`<cxqq BDHM="${orderNumber}"`);
    }
    expect(await readFile(path('down', names[1] ?? ''), 'utf8')).toContain(`<kzqq BDHM="${third.orderNumber}"`);
  });

  it('takes a receipt and answers, keeps what was said of each order exactly, and leaves nothing of it behind', async () => {
    const [first, second] = [inquiry(), inquiry()];
    await connector.rig.dispatch([first, second]);
    const name = await placed();
    // The bank moves what it has taken away; the exchange's copy is ours to remove.
    for (const file of [name, `${name}.sig`]) await rename(path('down', file), path('down', 'done', file));
    const taken = list('slxxList', { SLSJ: '2026-03-10 11:52:03.000' });
    await put(name.replace('CXQQ', 'CXSL'), await packages.writeFile([{ orderNumber: batchOf(name), bytes: taken }]));
    await eventually(() => connector.rig.heard.events.filter(({ event }) => event === 'received').length === 2);
    const answers = [nothing(first.orderNumber), nothing(second.orderNumber)];
    await put(`CXFK${INSTITUTION}${batchOf(name)}000000000001.zip`, await packages.writeFile(answers));
    await eventually(() => answersTo(second.orderNumber).length === 1);
    const { digest = '', signature, contentType } = answersTo(second.orderNumber)[0]?.original ?? {};
    expect(await connector.rig.parts.blobs.get(CASE_ID, digest)).toEqual(answers[1]?.bytes);
    expect([signature, contentType]).toEqual(['valid', 'application/xml']);
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
    const name = await placed();
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
    const name = await placed();
    const bytes = await readFile(path('down', name));
    await connector.close();
    await mkdir(path('lost'), { recursive: true });
    await rename(path('down', name), path('lost', name));
    await open();
    await eventually(async () => (await down()).includes(name));
    expect(await readFile(path('down', name))).toEqual(bytes);
    expect(await connector.row(BANK, order.orderNumber)).toMatchObject({ delivery: 'SENDING', standing: 'open' });
  });

  it('leaves an order in doubt in doubt while the bank’s machine is away at the start, and makes its file afterwards', async () => {
    const order = freeze();
    await connector.rig.dispatch([order]);
    const name = await placed();
    await connector.close();
    await host.stop();
    for (const file of [name, `${name}.sig`]) await rm(path('down', file));
    events.length = 0;
    await open();
    await eventually(() => events.includes('file-turn-failed'));
    expect(await connector.row(BANK, order.orderNumber)).toMatchObject({ delivery: 'UNKNOWN' });
    await host.start();
    expect(await placed()).toBe(name);
  });

  it('asks eighty county banks over one line, and hears each for itself', async () => {
    await connector.close();
    const before = host.connections;
    await open(LEGAL_PERSONS);
    const orders = LEGAL_PERSONS.map(({ code }) => sampleInquiry(connector.rig, connector.digest, { legalPerson: code }));
    await connector.rig.dispatch(orders);
    for (const [i, { institution }] of LEGAL_PERSONS.entries()) {
      const folderDown = join(host.folder, institution, 'down');
      const [name = ''] = await eventually(async () => {
        const names = (await readdir(folderDown)).filter((one) => one.endsWith('.zip'));
        return names.length === 1 && names;
      });
      expect(name.slice(4, 21)).toBe(institution);
      const answer = await packages.writeFile([nothing(orders[i]?.orderNumber ?? '')]);
      await put(`CXFK${institution}${batchOf(name)}000000000001.zip`, answer, undefined, institution);
    }
    await eventually(() => orders.every(({ orderNumber }) => answersTo(orderNumber).length === 1));
    expect(host.connections - before).toBe(1);
  }, 60_000);

  it('takes a damaged package for no answer, tells the bank, and applies the good one', async () => {
    const order = freeze();
    await connector.rig.dispatch([order]);
    const name = await placed();
    const bytes = await packages.writeFile([frozen(order.orderNumber)]);
    const damaged = controlAnswer(name, order.orderNumber, 1);
    await put(damaged, bytes, garbled);
    const [doubtful] = await eventually(() => (answersTo(order.orderNumber).length > 0 ? answersTo(order.orderNumber) : undefined));
    expect(doubtful?.control?.lines).toMatchObject([{ status: 'undetermined' }]);
    await eventually(async () => (await down()).includes(damaged.replace('KZFK', 'KZHZ')));
    await eventually(async () => (await readdir(path('up', 'failed'))).includes(damaged));
    expect(await readFile(path('up', 'failed', damaged), 'utf8')).toBe('');
    await put(controlAnswer(name, order.orderNumber, 2), bytes);
    await eventually(() => answersTo(order.orderNumber).length === 2);
    expect(answersTo(order.orderNumber)[1]?.control?.lines).toMatchObject([{ status: 'executed' }]);
  });

  it('takes a package that is sealed and yet none by its name for a doubt about its order', async () => {
    const order = freeze();
    await connector.rig.dispatch([order]);
    const failed = controlAnswer(await placed(), order.orderNumber, 1);
    await put(failed, Buffer.from('no package'));
    await eventually(() => answersTo(order.orderNumber).length === 1);
    expect(await connector.row(BANK, order.orderNumber)).toMatchObject({ standing: 'parked' });
    await eventually(async () => (await readdir(path('up', 'failed'))).includes(failed));
  });

  it('asks for answers to inquiries again while their copies are few, then tells a person, and still takes a good one', async () => {
    const order = inquiry();
    await connector.rig.dispatch([order]);
    const name = await placed();
    const answer = (copy: number): string => `CXFK${INSTITUTION}${batchOf(name)}${String(copy).padStart(12, '0')}.zip`;
    for (const copy of [1, 4]) await put(answer(copy), Buffer.from('no package'));
    await eventually(async () => (await readdir(path('up', 'failed'))).length === 2);
    expect(await down()).toEqual([answer(1).replace('CXFK', 'CXHZ'), name]);
    await eventually(async () => (await connector.row(BANK, order.orderNumber))?.['standing'] === 'parked');
    await put(answer(5), await packages.writeFile([nothing(order.orderNumber)]));
    await eventually(async () => (await connector.row(BANK, order.orderNumber))?.['standing'] === 'answered');
  });

  const requests: readonly SftpRequest[] = ['WRITE', 'RENAME', 'OPENDIR', 'REMOVE'];
  it.each(requests.flatMap((kind) => (['before', 'after'] as const).map((when) => [when, kind] as const)))(
    'loses no order and doubles no answer when the line breaks %s %s',
    async (when, kind) => {
      const order = freeze();
      host.breakAt({ at: kind, hit: 2, when });
      await connector.rig.dispatch([order]);
      const name = await placed();
      await put(controlAnswer(name, order.orderNumber, 1), await packages.writeFile([frozen(order.orderNumber)]));
      await eventually(() => answersTo(order.orderNumber).length === 1);
      await eventually(async () => (await readdir(path('up'))).every((one) => !/^KZFK.*\.zip$/.test(one)));
      expect(answersTo(order.orderNumber)[0]?.control?.lines).toMatchObject([{ status: 'executed' }]);
      expect(await connector.row(BANK, order.orderNumber)).toMatchObject({ delivery: 'ACCEPTED', standing: 'answered' });
    },
  );
});
