import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AppError, SystemClock } from '#kernel';
import type { BankProfile, WireOrder, XmlSignature } from '#connector-sdk';
import { answer, indicator, published, status, ACCOUNTS } from './fixtures/answers.js';
import { INQUIRY } from './fixtures/orders.js';
import { ScriptedRegister, soapFault } from './fixtures/register.js';
import { signed, testSigner, type TestSigner } from './fixtures/signing.js';
import { FAULT_CODES, Iso20022Inquiry, MessageSignatures, readConfig, readMessage } from './index.js';

const clock = new SystemClock();
const never = new AbortController().signal;
const profile: BankProfile = {
  bank: 'isobank',
  name: '某银行',
  dialect: 'iso20022-inquiry',
  active: true,
  legalPersons: [{ code: INQUIRY.legalPerson, name: '某银行', institution: 'F001H101420101001' }],
  abilities: {
    inquire: true,
    freeze: false,
    renew: false,
    release: false,
    deduct: false,
    partialDeduct: false,
    transactions: false,
    wealthProducts: false,
    scopeAccount: false,
  },
  limits: { concurrency: 2, ratePerSec: 10, burst: 10, connectMs: 1_000, deadlineMs: 1_000, failuresToOpen: 1, batch: 1 },
  signatures: 'ed25519',
  pollMs: 1_000,
};

let bank: TestSigner;
let court: TestSigner;
let xmlSignature: XmlSignature;
beforeAll(async () => {
  const today = new Date(clock.realNow());
  [bank, court] = await Promise.all([testSigner('bank', today), testSigner('court', today)]);
  xmlSignature = { trusted: [bank.certificate.toString()], own: { certificate: court.certificate.toString(), key: court.keyPem } };
}, 60_000);

const signedAnswer = (parts: Parameters<typeof answer>[0]): string => signed(answer(parts), 'applicationResponse', bank);

describe('a register that is called', () => {
  let register: ScriptedRegister;
  let connector: Iso20022Inquiry;
  let signatures: MessageSignatures;
  let order: WireOrder;
  beforeEach(async () => {
    register = new ScriptedRegister();
    const address = await register.listen();
    const config = readConfig(profile, { endpoint: () => address, xmlSignature });
    connector = new Iso20022Inquiry(config, clock);
    signatures = new MessageSignatures(config.trusted, clock);
    const bytes = connector.writeOrder(INQUIRY, new Map());
    order = { orderNumber: INQUIRY.orderNumber, legalPerson: INQUIRY.legalPerson, bytes, signature: await signatures.keepWith() };
  });
  afterEach(async () => {
    connector.close();
    await register.close();
  });

  it('is asked in one signed message, and again in the very same', async () => {
    register.reply = () => ({ body: signedAnswer({}) });
    const [first, again] = [await connector.send(order, never), await connector.query(order.orderNumber, never, order)];
    expect([first.kind, again.kind]).toEqual(['answered', 'answered']);
    const [one, two] = register.asked;
    expect(one).toMatchObject({ type: 'text/xml; charset=utf-8', path: 'POST /register' });
    expect(one?.body.toString()).toBe(two?.body.toString());
    const { name, signature } = readMessage(one?.body ?? Buffer.alloc(0), {
      certificates: [court.certificate],
      at: new Date(clock.realNow()),
    });
    expect([name, typeof signature]).toEqual(['auth.001.001.01', 'object']);
    expect(one?.body.toString()).toContain('<Id>F001H101420101001</Id>');
    if (first.kind !== 'answered') throw new Error(first.kind);
    expect(await signatures.judgeReply(first.heard, order.orderNumber)).toMatchObject({
      worth: { signature: 'valid', keyId: expect.stringMatching(/^[0-9a-f]{64}$/) },
      subject: order.orderNumber,
    });
    expect(connector.readAnswer(first.heard.bytes, INQUIRY)).toMatchObject({ content: { inquiry: { result: 'found' } } });
  });

  const later = (): string => signedAnswer({ responseStatus: 'NRES', indicators: indicator(ACCOUNTS, status('NFOU')) });
  const UNSIGNED = /<Signature.*<\/Signature>/s;
  it.each<[string, () => { status?: number; body?: string } | undefined, string, string]>([
    ['an answer with 202', () => ({ status: 202, body: signedAnswer({}) }), 'answered', 'answered'],
    ['a part of an answer', () => ({ body: signedAnswer({ responseStatus: 'PART' }) }), 'answered', 'answered'],
    ['the word that it comes later', () => ({ body: later() }), 'accepted', 'accepted'],
    ['the same unsigned', () => ({ body: later().replace(UNSIGNED, '') }), 'answered', 'answered'],
    ['the same for another order', () => ({ body: signedAnswer({ responseStatus: 'NRES', named: 'X' }) }), 'answered', 'answered'],
    ['no XML', () => ({ body: 'hello' }), 'answered', 'answered'],
    ['another status', () => ({ status: 503, body: 'busy' }), 'unknown status-503', 'unknown status-503'],
    ['an answer with an error', () => ({ status: 500, body: signedAnswer({}) }), 'unknown status-500', 'unknown status-500'],
    ['a broken connection', () => undefined, 'unknown connection-broken', 'unknown connection-broken'],
    ['a fault that nobody knows', () => ({ status: 500, body: soapFault('9') }), 'unknown fault-unknown', 'unknown fault-unknown'],
    ['a fault for an answer', () => ({ status: 200, body: soapFault('1') }), 'unknown fault-1', 'unknown fault-1'],
  ])('that says %s', async (_what, reply, sent, asked) => {
    register.reply = reply;
    const told = ({ kind, ...rest }: { kind: string }): string => ('reason' in rest ? `${kind} ${String(rest.reason)}` : kind);
    expect(told(await connector.send(order, never))).toBe(sent);
    expect(told(await connector.query(order.orderNumber, never, order))).toBe(asked);
  });

  it.each(Object.entries(FAULT_CODES))('that answers with fault %s (%s)', async (code, meaning) => {
    register.reply = () => ({ status: 500, body: soapFault(code, 'one', 'two') });
    const sent = await connector.send(order, never);
    const asked = await connector.query(order.orderNumber, never, order);
    if (meaning === 'later') {
      for (const outcome of [sent, asked]) expect(outcome).toEqual({ kind: 'unknown', reason: `fault-${code}` });
      return;
    }
    expect(sent).toMatchObject({ kind: 'rejected', code: `fault-${code}`, text: 'Bad Request; one; two' });
    // What it says to a repetition is no answer: nobody has signed it, and it cannot be read as one.
    if (asked.kind !== 'answered') throw new Error(asked.kind);
    expect(await signatures.judgeReply(asked.heard, order.orderNumber)).toMatchObject({ worth: { signature: 'invalid' } });
    expect(connector.readAnswer(asked.heard.bytes, INQUIRY).kind).toBe('unreadable');
  });

  it('is not believed without a signature of a named certificate', async () => {
    const stranger = await testSigner('stranger', new Date(clock.realNow()));
    const heard = (body: string) => ({ bytes: Buffer.from(body), contentType: 'text/xml', signature: undefined });
    const judge = async (body: string) => (await signatures.judgeReply(heard(body), order.orderNumber)).fault;
    expect(await judge(signed(answer(), 'applicationResponse', stranger))).toBe('certificate-untrusted');
    expect(await judge(answer().replace(/<Sgntr>\s*<\/Sgntr>/, ''))).toBe('signature-missing');
    expect(await judge(signedAnswer({ indicators: published(status('NFOU')) }).replace('NFOU', 'FOUN'))).toBe('signature-invalid');
    expect((await signatures.judgeCallBack()).worth.signature).toBe('invalid');
  });
});

describe('a profile', () => {
  const endpoint = 'https://bank.example/register';
  const tls = { authority: '', certificate: '', key: '' };
  it.each<[string, () => unknown]>([
    ['without certificates of the bank', () => readConfig({ ...profile, endpoint }, { tls })],
    ['with none of them', () => readConfig({ ...profile, endpoint }, { tls, xmlSignature: { trusted: [] } })],
    ['without an address', () => readConfig(profile, { tls, xmlSignature })],
    ['with an address of plain HTTP', () => readConfig({ ...profile, endpoint: 'http://bank.example' }, { tls, xmlSignature })],
    ['with an algorithm that is not of XML', () => readConfig({ ...profile, endpoint, signatures: 'sm2-sm3' }, { tls, xmlSignature })],
    ['without tls', () => readConfig({ ...profile, endpoint }, { xmlSignature })],
    [
      'with a key of somebody else',
      () =>
        readConfig(profile, {
          endpoint: () => '',
          xmlSignature: { ...xmlSignature, own: { certificate: court.certificate.toString(), key: bank.keyPem } },
        }),
    ],
  ])('%s does not start', (_what, read) => expect(read).toThrow(AppError));

  it('without a key of ours starts, and its requests carry no signature', () => {
    const { signer } = readConfig({ ...profile, endpoint }, { tls, xmlSignature: { trusted: xmlSignature.trusted } });
    expect(signer).toBeUndefined();
  });
});
