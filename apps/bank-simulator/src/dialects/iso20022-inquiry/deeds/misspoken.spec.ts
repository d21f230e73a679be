import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { silentLog, SystemClock } from '#kernel';
import { messageSigner, type MessageSigner } from '#testing';
import { REGISTER_DEEDS } from '../../../faults/register-deeds.js';
import type { OrderRecord } from '../../../store/order-rows.js';
import { MessageHand, type MessageKey } from '../message-hand.js';
import { readRequest } from '../request-reader.js';
import { responseText } from '../response-writer.js';
import { misspoken } from './misspoken.js';

const request = readFileSync(new URL('../../../../../../docs/dialects/samples/iso20022-inquiry/request-order.xml', import.meta.url));
const AT = Date.UTC(2026, 2, 10, 3, 52, 4);
const record: OrderRecord = {
  bank: 'isobank',
  orderNumber: '202603104201060000000101',
  action: 'inquire',
  digest: '',
  receivedAt: AT,
  state: 'answered',
  answeredAt: AT,
  answer: {
    kind: 'inquiry',
    result: 'found',
    accounts: [
      {
        account: '6217000000000001',
        kind: 'current',
        currency: 'CNY',
        state: 'normal',
        balance: '500.00',
        available: '500.00',
        priorMeasures: [],
        priorityRights: [],
        measures: [],
      },
    ],
  },
  toDeliver: false,
};
const keyOf = ({ certificate, keyPem }: MessageSigner): MessageKey => ({ certificate: certificate.toString(), key: keyPem });

describe('a register that does wrong', () => {
  let hand: MessageHand;
  let truth: Buffer;
  const text = responseText(readRequest(request, []), record);
  const clock = new SystemClock();
  beforeAll(async () => {
    const now = new Date(clock.realNow());
    const [bank, other] = await Promise.all([messageSigner('bank', now), messageSigner('bank', now)]);
    const wrong = new Map(['stranger', 'expired', 'early', 'weak'].map((name) => [name, keyOf(other)] as const));
    hand = new MessageHand({ ...keyOf(bank), court: [], wrong }, clock, silentLog);
    truth = misspoken(text, undefined, hand);
  }, 60_000);

  it.each(REGISTER_DEEDS)('by %s says something else than the truth', (deed) =>
    expect(misspoken(text, deed, hand).equals(truth)).toBe(false),
  );
});
