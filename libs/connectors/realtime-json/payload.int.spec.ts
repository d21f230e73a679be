import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { HeardBytes, WireOrder } from '#connector-sdk';
import { SystemClock, systemEntropy } from '#kernel';
import { newSm2PrivateKeyPem, PayloadKey, PayloadRecipient, Sm4Sealing, type PayloadSealing } from '#trust';
import { BANK, headerOf, listen, makeSides } from './fixtures/bank-side.js';
import { COURT_AUDIENCE, JWS_HEADER, RealtimeJson, signJws } from './index.js';

const order: WireOrder = {
  orderNumber: '2026-1',
  legalPerson: 'b',
  bytes: Buffer.from('{"reqNo":"2026-1","name":"陈志远"}'),
  signature: '',
};
const ANSWER = Buffer.from('{"v":1,"reqNo":"2026-1"}');
const sides = makeSides();
const clock = new SystemClock();
const never = new AbortController().signal;

const newKey = (keyId: string): PayloadKey => new PayloadKey(newSm2PrivateKeyPem(systemEntropy), keyId);
const to = (key: PayloadKey): PayloadRecipient => new PayloadRecipient(key.publicKeyPem(), key.keyId);
const [courtKey, bankKey] = [newKey('court-sm2-enc-1'), newKey(`${BANK}-sm2-enc-1`)];
const court = new Sm4Sealing(courtKey, to(bankKey), systemEntropy);
const bank = new Sm4Sealing(bankKey, to(courtKey), systemEntropy);
/** The court's key id over another key. */
const misdirected = new Sm4Sealing(bankKey, to(newKey(courtKey.keyId)), systemEntropy);
const plain: PayloadSealing = { seal: (bytes) => Promise.resolve(Buffer.from(bytes)), open: (bytes) => Promise.resolve({ bytes }) };
const tampering: PayloadSealing = {
  ...bank,
  open: (bytes) => bank.open(bytes),
  seal: async (bytes) => {
    const members = JSON.parse((await bank.seal(bytes)).toString('utf8')) as { data: string };
    const first = members.data.startsWith('A') ? 'B' : 'A';
    return Buffer.from(JSON.stringify({ ...members, data: first + members.data.slice(1) }));
  },
};

describe('realtime-json with bodies in envelopes of SM4', () => {
  const closers: (() => Promise<void> | void)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });

  /** A bank that signs what it says and then seals it; what it was sent, as it travelled and as it was meant. */
  async function connectorTo(sealing: PayloadSealing, status = 200, said = ANSWER) {
    const seen = { travelled: Buffer.alloc(0), meant: Buffer.alloc(0) };
    const server = await listen(async (request: IncomingMessage, response: ServerResponse, body: Buffer) => {
      const opened = await bank.open(body);
      Object.assign(seen, { travelled: body, meant: 'bytes' in opened ? opened.bytes : Buffer.from(opened.fault) });
      const { jti = '', sub = '' } = headerOf(request);
      const claims = { aud: COURT_AUDIENCE, msg: status === 200 ? ('answer' as const) : ('state' as const), sub, irt: jti };
      const { value } = await signJws(sides.bank, said, claims, { at: clock.realNow(), entropy: systemEntropy });
      response.writeHead(status, { 'content-type': 'application/json', [JWS_HEADER]: value }).end(await sealing.seal(said));
    });
    const endpoint = (): string => `http://127.0.0.1:${server.port}/bank`;
    const connector = new RealtimeJson({ endpoint, concurrency: 2, connectMs: 2_000 }, sides.signatures, clock, court);
    closers.push(
      () => server.close(),
      () => connector.close(),
    );
    return { connector, seen };
  }

  async function heardBy(connector: RealtimeJson): Promise<HeardBytes> {
    const outcome = await connector.send(order, never);
    if (outcome.kind !== 'answered') throw new Error(outcome.kind);
    return outcome.heard;
  }

  it('hands over the order for the bank’s eyes alone, and takes out what the bank has signed', async () => {
    const { connector, seen } = await connectorTo(bank);
    const heard = await heardBy(connector);
    expect(seen.meant).toEqual(order.bytes);
    expect(seen.travelled.includes('陈志远')).toBe(false);
    expect(heard.bytes).toEqual(ANSWER);
    expect(await sides.signatures.judgeReply(heard, order.orderNumber)).toMatchObject({ worth: { signature: 'valid' } });
    // The same order once more: another key, another envelope.
    const before = seen.travelled;
    await heardBy(connector);
    expect([seen.travelled.equals(before), seen.meant.equals(order.bytes)]).toEqual([false, true]);
  });

  it.each([
    ['without an envelope, though it is signed', plain, 'payload-not-sealed'],
    ['sealed for another key', misdirected, 'payload-key-wrong'],
    ['tampered with', tampering, 'payload-tampered'],
  ])('believes no answer %s', async (_, sealing, fault) => {
    const { connector } = await connectorTo(sealing);
    const heard = await heardBy(connector);
    expect(heard.fault).toBe(fault);
    expect(await sides.signatures.judgeReply(heard, order.orderNumber)).toEqual({ worth: { signature: 'invalid' }, fault });
    const brought = await connector.open({ ...heard, bytes: await sealing.seal(ANSWER) });
    expect(await sides.signatures.judgeCallBack(brought, 'answer')).toEqual({ worth: { signature: 'invalid' }, fault });
  });

  it('believes a not-found in its envelope and none without', async () => {
    const said = Buffer.from(JSON.stringify({ v: 1, reqNo: order.orderNumber, state: 'not-found' }));
    expect(await (await connectorTo(bank, 404, said)).connector.query(order.orderNumber, never)).toEqual({ kind: 'not-found' });
    const bare = (await connectorTo(plain, 404, said)).connector;
    expect(await bare.query(order.orderNumber, never)).toEqual({ kind: 'unknown', reason: 'status-404-payload-not-sealed' });
  });
});
