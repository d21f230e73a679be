import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { courtXml, parseBankProfile, type BankProfile } from '#connector-sdk';
import type { OrderDispatched } from '#contracts';
import { newPrivateKeyPem, sshPublicKey, Ed25519Signer } from '#trust';
import { systemEntropy } from '#kernel';
import { parse } from 'yaml';
import { documentsOf } from './documents.js';
import { FileZip, manifest, readConfig, STATUS_TABLE } from './index.js';
import { packageName, readEntryName } from './names.js';
import { readSeal, sm3Hex, writeSeal } from './seal.js';
import { readZip, type ZipEntry } from './zip/read-zip.js';
import { writeZip } from './zip/write-zip.js';

const fileText = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
const freeze = JSON.parse(fileText('../../contracts/examples/order.dispatched.v1.json')) as OrderDispatched;
const { lane: _lane, lines: _lines, ...head } = freeze;
const inquiry: OrderDispatched = { ...head, action: 'inquire', lines: [] };

const INSTITUTION = 'D901H101421221001';
const BATCH = '20260310115204000001';
const NUMBER = freeze.orderNumber;
const translation = new FileZip([{ legalPerson: 'p', institution: INSTITUTION }]);
const CONTENT = Buffer.from('%PDF-1.7 一');
const contents = new Map(freeze.documents.map(({ digest }) => [digest, CONTENT]));

const { wrapRecords, writeElement, xmlElement } = courtXml;
const EX1_ANSWEREDAT = '2026-03-10 11:52:04.000';
const list = (name: string, attributes: Readonly<Record<string, string>>, record = name.replace('List', '')): Buffer =>
  wrapRecords(name, [Buffer.from(writeElement(xmlElement(record, attributes), 'plain'))]);
const result = (BDHM = NUMBER): Buffer =>
  list('kzxxList', {
    BDHM,
    CCXH: '1',
    KZZT: '1',
    DJXE: '66213.50',
    SKJE: '62310.45',
    CESKJE: '3903.05',
    CSKSRQ: '2026-03-10',
    CSJSRQ: '2027-03-09',
    EX1_ANSWEREDAT,
  });
const nothing = (BDHM: string): Buffer => list('zhxxList', { BDHM, CCXH: '1', BEIZ: '查无开户信息', EX1_ANSWEREDAT });
const rollback = (BDHM = NUMBER): Buffer => list('htxxList', { BDHM, XCHTYY: '0404', XCHTBZ: '', EX1_ANSWEREDAT });
const receipt = (md5 = courtXml.md5Hex(CONTENT), BDHM = NUMBER): Buffer =>
  list('hzxxList', { BDHM, WJMC: '回执.pdf', WJLX: 'pdf', WSLB: '回执', WSNR: CONTENT.toString('base64'), MD5: md5 });

const nameOf = (type: 'CXQQ' | 'CXFK' | 'KZFK' | 'CXSL' | 'KZSL', copy = 1): string =>
  packageName({
    type,
    institution: INSTITUTION,
    batch: BATCH,
    ...(type === 'KZFK' ? { orderNumber: NUMBER } : {}),
    ...(type.endsWith('FK') ? { copy } : {}),
  });
const readFile = (name: string, bytes: Buffer, fault?: string) =>
  translation.readFile({ legalPerson: 'p', name, bytes, ...(fault === undefined ? {} : { fault }) });

describe('file-zip', () => {
  it('says what it can do, and its table names every code of the dialect', () => {
    expect(manifest).toMatchObject({ delivery: 'file', statusQuery: false, dedupByReference: true, notices: false, documents: 'inside' });
    expect(STATUS_TABLE).toEqual(courtXml.COURT_STATUS_TABLE);
  });

  it('puts each order of a package into entries of its own, the same bytes every time', async () => {
    const other = { ...inquiry, orderNumber: '77' };
    const orders = [inquiry, other].map((order) => ({ orderNumber: order.orderNumber, bytes: translation.writeOrder(order, contents) }));
    const bytes = await translation.writeFile(orders);
    expect(await translation.writeFile(orders)).toEqual(bytes);
    const entries = await readZip(bytes, (name) => readEntryName(name) !== undefined);
    expect(entries.map(({ name }) => name)).toEqual(
      [NUMBER, '77'].flatMap((number) => ['QA', 'QI', 'QC'].map((part) => `${part}_${number}.xml`)),
    );
    expect(Buffer.concat(entries.slice(0, 3).map((entry) => entry.bytes))).toEqual(orders[0]?.bytes);
    const documents = courtXml.decodeElement(courtXml.readXml(entries[1]?.bytes ?? CONTENT), 'plain');
    expect(documents.children[0]?.attributes).toMatchObject({ WSNR: CONTENT.toString('base64'), MD5: courtXml.md5Hex(CONTENT) });
    expect(courtXml.readXml(entries[2]?.bytes ?? CONTENT).name).toBe('zjinfoList');
  });

  it('names packages by what is in them and by the bank that they are for', () => {
    expect(translation.nameOf('p', [{ orderNumber: '1', action: 'inquire' }], BATCH)).toBe(`CXQQ${INSTITUTION}0000000000${BATCH}.zip`);
    expect(translation.nameOf('p', [{ orderNumber: '1', action: 'deduct' }], BATCH)).toBe(`KZQQ${INSTITUTION}0000000000${BATCH}.zip`);
    expect(() => translation.nameOf('q', [], BATCH)).toThrow(expect.objectContaining({ code: 'invariant-broken' }));
  });

  it('reads the answers of a package, each as its exact bytes', async () => {
    const entries = [
      { name: 'QR_77.xml', bytes: nothing('77') },
      { name: `QNA_${NUMBER}.xml`, bytes: rollback() },
    ];
    expect(await readFile(nameOf('CXFK'), await writeZip(entries))).toEqual({
      kind: 'answers',
      answers: [
        { orderNumber: '77', bytes: entries[0]?.bytes },
        { orderNumber: NUMBER, bytes: entries[1]?.bytes },
      ],
    });
  });

  it('keeps a receipt with the result whose it is, in whatever order they stand', async () => {
    const bytes = await writeZip([
      { name: `QRI_${NUMBER}.xml`, bytes: receipt() },
      { name: `QR_${NUMBER}.xml`, bytes: result() },
    ]);
    const answer = Buffer.concat([result(), receipt()]);
    expect(await readFile(nameOf('KZFK'), bytes)).toEqual({ kind: 'answers', answers: [{ orderNumber: NUMBER, bytes: answer }] });
    expect(translation.readAnswer(answer, freeze)).toMatchObject({
      kind: 'answer',
      content: { control: { lines: [{ status: 'executed' }] } },
    });
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['no XML', Buffer.from('x')],
    ['a receipt alone', receipt()],
    ['a receipt with another MD5', Buffer.concat([result(), receipt('0'.repeat(32))])],
    ['a receipt of another order', Buffer.concat([result(), receipt(undefined, '77')])],
    ['a result and a rollback', Buffer.concat([result(), rollback()])],
    ['two results', Buffer.concat([result(), result()])],
    ['the result of another order', result('77')],
    ['an unknown document', list('kzxxxList', {})],
  ])('takes %s for no answer', (_, bytes) => expect(translation.readAnswer(bytes, freeze)).toMatchObject({ kind: 'unreadable' }));

  it('reads the bank’s word that it has a package, with its time', async () => {
    const key = BATCH.padStart(30, '0');
    const bytes = await writeZip([{ name: `QSL_${key}.xml`, bytes: list('slxxList', { SLSJ: '2026-03-10 11:52:03.123' }) }]);
    const file = `KZQQ${INSTITUTION}${key}.zip`;
    expect(await readFile(nameOf('KZSL'), bytes)).toEqual({ kind: 'receipt', file, receivedAt: '2026-03-10T03:52:03.123Z' });
  });

  const unreadable: readonly [string, string, readonly ZipEntry[]][] = [
    ['no answers', nameOf('CXFK'), []],
    ['an entry of another kind than its name', nameOf('CXFK'), [{ name: 'QR_77.xml', bytes: rollback('77') }]],
    ['two documents in one entry', nameOf('CXFK'), [{ name: 'QR_77.xml', bytes: Buffer.concat([nothing('77'), nothing('77')]) }]],
    ['a receipt in answers to inquiries', nameOf('CXFK'), [{ name: 'QRI_77.xml', bytes: receipt() }]],
    ['an order of ours', nameOf('CXFK'), [{ name: 'QA_77.xml', bytes: list('cxqqList', {}) }]],
    ['the answer to another order', nameOf('KZFK'), [{ name: 'QR_77.xml', bytes: result('77') }]],
    ['too many answers', nameOf('CXFK'), Array.from({ length: 201 }, (_, i) => ({ name: `QR_${i}.xml`, bytes: nothing(String(i)) }))],
    ['a word about another batch', nameOf('CXSL'), [{ name: 'QSL_1.xml', bytes: list('slxxList', {}) }]],
    [
      'a word with a wrong time',
      nameOf('CXSL'),
      [{ name: `QSL_${BATCH.padStart(30, '0')}.xml`, bytes: list('slxxList', { SLSJ: 'soon' }) }],
    ],
  ];
  it.each(unreadable)('refuses a package with %s', async (_, name, entries) =>
    expect(await readFile(name, await writeZip(entries))).toMatchObject({ kind: 'unreadable' }),
  );

  it('names order and copy of what it refuses, and opens nothing that is not to be trusted', async () => {
    const whole = await writeZip([{ name: `QR_${NUMBER}.xml`, bytes: result() }]);
    expect(await readFile(nameOf('KZFK', 3), whole, 'its SM3 digest differs')).toEqual({
      kind: 'unreadable',
      reason: 'its SM3 digest differs',
      orderNumber: NUMBER,
      copy: 3,
    });
    expect(await readFile(nameOf('CXFK', 2), Buffer.from('x'))).toMatchObject({ kind: 'unreadable', copy: 2, answersTo: nameOf('CXQQ') });
    expect(await readFile('CXFK_p_1_1.json', whole)).toEqual({ kind: 'unreadable', reason: expect.any(String) });
    const elsewhere = nameOf('KZFK').replace(INSTITUTION, 'D901H101420982002');
    expect(await readFile(elsewhere, whole)).toEqual({ kind: 'unreadable', reason: expect.any(String) });
  });

  it('tells the bank which answer could not be loaded, and why', async () => {
    const note = await translation.writeFailure(nameOf('KZFK', 2), 'its SM3 digest differs\u0000');
    expect(note?.name).toBe(nameOf('KZFK', 2).replace('KZFK', 'KZHZ'));
    const [entry] = await readZip(note?.bytes ?? CONTENT, () => true);
    const { attributes } = courtXml.decodeElement(courtXml.readXml(entry?.bytes ?? CONTENT), 'plain').children[0] ?? { attributes: {} };
    expect(attributes).toEqual({ WJM: nameOf('KZFK', 2), SBYY: 'its SM3 digest differs?' });
    expect(await translation.writeFailure('elsewhere', 'x')).toBeUndefined();
    expect(await translation.writeFailure(nameOf('KZSL'), 'x')).toBeUndefined();
  });

  it('answers for every input', async () => {
    const name = fc.oneof(fc.string(), fc.constantFrom(nameOf('CXFK'), nameOf('KZFK'), nameOf('KZSL')));
    await fc.assert(
      fc.asyncProperty(name, fc.uint8Array(), async (file, bytes) => (await readFile(file, Buffer.from(bytes))).kind === 'unreadable'),
    );
    fc.assert(fc.property(fc.uint8Array(), (bytes) => translation.readAnswer(Buffer.from(bytes), freeze).kind === 'unreadable'));
  });
});

describe('documents one after another', () => {
  it('are cut apart where they begin, and nowhere inside', () => {
    const documents = [result(), receipt(), list('kzxxList', { BEIZ: '<?xml version="1.0"?>' })];
    expect(documentsOf(Buffer.concat(documents)).map(({ bytes }) => bytes)).toEqual(documents);
  });
});

describe('a seal', () => {
  it('has the SM3 digest of the standard, and is read back', () => {
    expect(sm3Hex(Buffer.from('abc'))).toBe('66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0');
    const signature = 'bank-1;ed25519;c2ln';
    expect(readSeal(writeSeal(CONTENT, signature))).toEqual({ sm3: sm3Hex(CONTENT), signature });
  });

  it.each([
    '',
    'sm3',
    'chakong-seal/v1\nsm3 00\nsignature a;ed25519;b\n',
    `${writeSeal(CONTENT, 'a;ed25519;b').toString()}x`,
    'x'.repeat(2_000),
  ])('is nothing else: "%s"', (text) => expect(readSeal(Buffer.from(text))).toBeUndefined());
});

describe('the profile of a bank that exchanges files', () => {
  const raw = parse(fileText('../../../deploy/banks/hbrcu.yaml')) as Record<string, unknown>;
  const keys = {
    clientKeyPem: newPrivateKeyPem(systemEntropy),
    hostKey: sshPublicKey(new Ed25519Signer(newPrivateKeyPem(systemEntropy)).publicKey),
  };
  const profileOf = (change: Record<string, unknown>): BankProfile => parseBankProfile({ ...raw, ...change });

  it('gives the address, and every legal person its folder', () => {
    const { sftp, branches } = readConfig(profileOf({}), keys);
    expect(sftp.address()).toEqual({ host: 'sftp.hbrcu.example', port: 22 });
    expect(branches[0]).toEqual({ legalPerson: 'hbrcu-jiayu', institution: INSTITUTION });
    expect(readConfig(profileOf({}), keys, () => 'sftp://127.0.0.1:2222').sftp.address()).toEqual({ host: '127.0.0.1', port: 2222 });
  });

  it.each([
    ['no address', { endpoint: undefined }],
    ['an address of another kind', { endpoint: 'https://bank.example' }],
    ['no user', { user: undefined }],
    ['a legal person without its code', { legalPersons: [{ code: 'a1', name: 'A' }] }],
  ])('is refused with %s', (_, change) =>
    expect(() => readConfig(profileOf(change), keys)).toThrow(expect.objectContaining({ code: 'invalid-configuration' })),
  );
});
