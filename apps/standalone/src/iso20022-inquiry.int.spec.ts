import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { BankProfile, BankTls, XmlSignature } from '#connector-sdk';
import type { OrderAnswered, OrderDispatched } from '#contracts';
import { createHttpServer } from '#http';
import { silentLog, SystemClock, systemEntropy, type Log } from '#kernel';
import { eventually, messageSigner, tempDir, TestAuthority, type MessageSigner, type TempDir } from '#testing';
import { Ed25519Signer, newPrivateKeyPem } from '#trust';
import { BankConnectorModule } from '../../bank-connector/src/bank-connector.module.js';
import { makeRig, testProfile, type Rig } from '../../bank-connector/src/testing/rig.js';
import { prepareCase, sampleFreeze, sampleInquiry } from '../../bank-connector/src/testing/sample-orders.js';
import { BankSimulatorModule, openBooks } from '../../bank-simulator/index.js';
import { FrontEnds } from '../../bank-simulator/src/dialects/front-ends.js';

const BANK = 'isobank';
const ADMIN = { authorization: 'Bearer admin', 'content-type': 'application/json' };
const ABILITIES: BankProfile['abilities'] = {
  inquire: true,
  freeze: false,
  renew: false,
  release: false,
  deduct: false,
  partialDeduct: false,
  transactions: false,
  wealthProducts: false,
  scopeAccount: false,
};

type Server = Awaited<ReturnType<typeof createHttpServer>>;

/** The court's connector and a simulated bank that speak ISO 20022 with each other over mutual TLS, and nothing of either is a stand-in. */
describe('a bank that is asked by ISO 20022', () => {
  const clock = new SystemClock();
  let court: MessageSigner;
  let bank: MessageSigner;
  let stranger: MessageSigner;
  let authority: TestAuthority;
  let folder: TempDir;
  let rig: Rig;
  let digest = '';
  let panel = '';
  let closers: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    const now = new Date(clock.realNow());
    [court, bank, stranger] = await Promise.all([messageSigner('court', now), messageSigner('bank', now), messageSigner('stranger', now)]);
    authority = await TestAuthority.create('authority of bank and court');
  }, 60_000);

  beforeEach(async () => {
    folder = await tempDir('iso20022');
    closers = [];
  });
  afterEach(async () => {
    for (const close of closers.reverse()) await close();
    await folder.remove();
  });

  /** @returns the port of the bank's door */
  const startBank = async (): Promise<number> => {
    const database = await openBooks(join(folder.path, 'sim'), { clock, entropy: systemEntropy, log: silentLog });
    const server = await authority.issue(BANK, { hosts: ['127.0.0.1'] });
    const module = await BankSimulatorModule.forRoot({
      clock,
      entropy: systemEntropy,
      log: silentLog,
      database,
      simClock: { now: () => clock.now(), advance: async (ms) => clock.advance(ms) },
      access: { assertAdmin: () => Promise.resolve() },
      banks: [
        {
          bank: BANK,
          bankNumbers: ['313521000099'],
          legalPersons: [BANK],
          interbankDelayMs: 0,
          desk: false,
          notices: false,
          wire: {
            dialect: 'iso20022-inquiry',
            door: { port: 0, tls: { certificate: server.cert, key: server.key, clientAuthority: authority.cert } },
            messages: { certificate: bank.certificate.toString(), key: bank.keyPem, court: [court.certificate.toString()] },
          },
        },
      ],
      signers: new Map([[BANK, new Ed25519Signer(newPrivateKeyPem(systemEntropy), `${BANK}-1`)]]),
      courtKeys: [],
    });
    const app: Server = await createHttpServer(module, silentLog);
    await app.listen(0, '127.0.0.1');
    panel = `${await app.getUrl()}/sim/${BANK}`;
    closers.push(
      () => database.close(),
      () => app.close(),
    );
    return app.get(FrontEnds).doors.get(BANK)?.port ?? 0;
  };

  const startCourt = async (port: number, xml: Partial<XmlSignature> = {}, log: Log = silentLog): Promise<void> => {
    const shown = await authority.issue('court');
    const tls: BankTls = { authority: authority.cert, certificate: shown.cert, key: shown.key };
    const own = { certificate: court.certificate.toString(), key: court.keyPem };
    const xmlSignature: XmlSignature = { trusted: [bank.certificate.toString()], own, ...xml };
    const profile = testProfile(BANK, 'iso20022-inquiry', { abilities: ABILITIES });
    const endpoint = (): string => `https://127.0.0.1:${port}/bank/${BANK}`;
    rig = await makeRig({ folder: join(folder.path, 'court'), clock, log, banks: [{ profile, endpoint, tls, xmlSignature }] });
    digest = await prepareCase(rig);
    const app: Server = await createHttpServer(BankConnectorModule.forRoot(rig.parts), silentLog);
    await app.listen(0, '127.0.0.1');
    closers.push(
      () => rig.close(),
      () => app.close(),
    );
  };

  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${panel}/${path}`, {
      method,
      headers: ADMIN,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    return response.json();
  };
  const customers = (order: OrderDispatched) => [
    {
      name: order.debtor.name,
      idType: order.debtor.idType,
      idNumber: order.debtor.idNumber,
      accounts: [
        { number: '4201000000000011', kind: 'current', currency: 'CNY', balance: '62310.45' },
        { number: '4201000000000022', kind: 'wages', currency: 'CNY', balance: '5120.33', restriction: { code: 'migrant-workers-wages' } },
        { number: '4201000000000033', kind: 'closed', currency: 'CNY', balance: '0.00' },
      ],
    },
  ];
  const journal = async (): Promise<readonly { orderNumber: string; action: string }[]> =>
    ((await call('GET', 'journal')) as { items: { orderNumber: string; action: string }[] }).items;
  const answerTo = (order: OrderDispatched): OrderAnswered | undefined =>
    rig.heard.answers.find(({ orderNumber }) => orderNumber === order.orderNumber);
  const eventsOf = (order: OrderDispatched): readonly string[] =>
    rig.heard.events.filter(({ orderNumber }) => orderNumber === order.orderNumber).map(({ event }) => event);

  it('answers with the accounts to the fen, signed, and the exact bytes are kept', async () => {
    await startCourt(await startBank());
    const order = sampleInquiry(rig, digest);
    await call('PUT', 'customers', customers(order));
    await rig.dispatch([order]);
    const answer = await eventually(() => answerTo(order));
    expect(answer?.inquiry).toMatchObject({
      result: 'found',
      holdings: [
        { account: '4201000000000011', kind: 'current', state: 'normal', balance: { amount: '62310.45', currency: 'CNY' } },
        { account: '4201000000000022', kind: 'wages', restriction: { code: 'migrant-workers-wages', freeze: 'no' } },
        { account: '4201000000000033', state: 'closed', balance: { amount: '0.00', currency: 'CNY' } },
      ],
    });
    expect(answer?.original).toMatchObject({ signature: 'valid', keyId: bank.certificate.fingerprint256.replace(/:/g, '').toLowerCase() });
    const kept = await rig.parts.blobs.get(order.case.id, answer?.original.digest ?? '');
    expect(kept.toString('utf8')).toContain('<AvrgBal>62310.45</AvrgBal>');
    expect(await journal()).toMatchObject([{ orderNumber: order.orderNumber, action: 'inquire' }]);
    expect(eventsOf(order)).toEqual(['taken', 'sent']);
  });

  it('says "nothing found", sends back what its papers lack, and is asked about nothing else', async () => {
    await startCourt(await startBank());
    const unknown = sampleInquiry(rig, digest, { debtor: { ...sampleInquiry(rig, digest).debtor, idNumber: '420106190001010027' } });
    const unproved = sampleInquiry(rig, digest, { officer: { ...unknown.officer, credentials: [] } });
    const freeze = sampleFreeze(rig, digest);
    await rig.dispatch([unknown, unproved, freeze]);
    expect((await eventually(() => answerTo(unknown)))?.inquiry).toEqual({ result: 'no-account', holdings: [] });
    expect((await eventually(() => answerTo(unproved)))?.rollback).toMatchObject({ code: '09', note: expect.stringContaining('0402') });
    await eventually(() => eventsOf(freeze).includes('withdrawn'));
    expect(rig.heard.events.find(({ event }) => event === 'withdrawn')).toMatchObject({ code: 'unsupported-by-dialect' });
  });

  it('that needs time says so, and the same request brings the answer, once', async () => {
    await startCourt(await startBank());
    const order = sampleInquiry(rig, digest);
    await call('PUT', 'customers', customers(order));
    await call('PUT', 'faults', { latencyMs: 3_000 });
    await rig.dispatch([order]);
    await eventually(() => eventsOf(order).includes('received'));
    clock.advance(10_000);
    expect((await eventually(() => answerTo(order)))?.inquiry?.holdings.length).toBe(3);
    expect(await journal()).toMatchObject([{ orderNumber: order.orderNumber }]);
  });

  it('whose connection breaks after it has answered is asked again, and has one row for it', async () => {
    await startCourt(await startBank());
    const order = sampleInquiry(rig, digest);
    await call('PUT', 'customers', customers(order));
    await call('PUT', 'faults', { executeThenDrop: 1 });
    await rig.dispatch([order]);
    await eventually(async () => (await journal()).length === 1);
    await call('PUT', 'faults', {});
    expect((await eventually(() => answerTo(order), 15_000))?.inquiry?.result).toBe('found');
    expect(await journal()).toMatchObject([{ orderNumber: order.orderNumber }]);
  });

  it('whose bytes changed on the way leaves the order undetermined, until it is asked again', async () => {
    await startCourt(await startBank());
    const order = sampleInquiry(rig, digest);
    await call('PUT', 'faults', { garbleAnswer: 1 });
    await rig.dispatch([order]);
    await eventually(() => eventsOf(order).includes('undetermined'));
    expect(answerTo(order)).toBeUndefined();
    await call('PUT', 'faults', {});
    clock.advance(70_000);
    expect((await eventually(() => answerTo(order)))?.inquiry?.result).toBe('no-account');
  });

  it('whom nobody named is not believed', async () => {
    await startCourt(await startBank(), { trusted: [stranger.certificate.toString()] });
    const order = sampleInquiry(rig, digest);
    await rig.dispatch([order]);
    await eventually(() => eventsOf(order).includes('undetermined'));
    expect(rig.heard.events.find(({ event }) => event === 'undetermined')).toMatchObject({ code: 'signature-invalid' });
    expect(answerTo(order)).toBeUndefined();
  });

  it('takes no request that the court has not signed', async () => {
    let refused = 0;
    const log: Log = { write: (_level, event) => void (refused += event === 'bank-call-unknown' ? 1 : 0) };
    await startCourt(await startBank(), { own: { certificate: stranger.certificate.toString(), key: stranger.keyPem } }, log);
    const order = sampleInquiry(rig, digest);
    await rig.dispatch([order]);
    await eventually(() => eventsOf(order).includes('sent'));
    await eventually(() => refused > 1);
    expect(answerTo(order)).toBeUndefined();
    expect(await journal()).toEqual([]);
  });
});
