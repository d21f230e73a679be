import { describe, expect, it } from '@jest/globals';
import { decodeBody, RECEIPTS_TOPIC } from '#contracts';
import { silentLog, SystemClock, type RealTime } from '#kernel';
import type { Message } from '../bus.js';
import { SOURCE_HEADER } from '../receipts.js';
import { ReceiptSender } from './receipt-sender.js';

const message = (id: string, source: string | undefined, topic = 't'): Message => ({
  id,
  topic,
  key: id,
  type: 'x.v1',
  at: 0,
  headers: source === undefined ? {} : { [SOURCE_HEADER]: source },
  body: Buffer.from('{}'),
});

/** A sender whose timers go off when the test says so. */
function sender(fails = false) {
  const sent: Message[][] = [];
  const timers: (() => void)[] = [];
  let lost = 0;
  const system = new SystemClock();
  const time: RealTime = {
    realNow: () => 7,
    monotonicMs: () => system.monotonicMs(),
    realSleep: () => Promise.resolve(),
    setRealTimer: (_, work) => {
      timers.push(work);
      return { cancel: () => void timers.splice(timers.indexOf(work), 1) };
    },
  };
  const publish = (receipts: readonly Message[]): Promise<void> => {
    if (fails) return Promise.reject(new Error('no broker'));
    sent.push([...receipts]);
    return Promise.resolve();
  };
  const subject = new ReceiptSender({ publish, time, log: silentLog, onLost: (count) => (lost += count) });
  const idsSent = () => sent.map((receipts) => receipts.map(({ body }) => decodeBody('messages.taken.v1', body)));
  return { subject, timers, idsSent, lost: () => lost };
}

describe('receipts of many batches', () => {
  it('leave together when their time has come, one message for each source', async () => {
    const { subject, timers, idsSent } = sender();
    subject.taken([message('a', 'x'), message('b', 'y')]);
    subject.taken([message('c', 'x'), message('d', undefined), message('e', 'x', RECEIPTS_TOPIC)]);
    expect(idsSent()).toEqual([]);
    expect(timers).toHaveLength(1);
    timers[0]?.();
    await subject.close();
    expect(idsSent()).toEqual([
      [
        { source: 'x', ids: ['a', 'c'] },
        { source: 'y', ids: ['b'] },
      ],
    ]);
  });

  it('leave at the end without waiting, and none names more than its contract allows', async () => {
    const { subject, timers, idsSent } = sender();
    subject.taken(Array.from({ length: 450 }, (_, n) => message(`m${n}`, 'x')));
    await subject.close();
    expect(timers).toEqual([]);
    expect(idsSent().flatMap((receipts) => receipts.map(({ ids }) => ids.length))).toEqual([200, 200, 50]);
  });

  it('leave at once when many wait', () => {
    const { subject, idsSent } = sender();
    for (let batch = 0; batch < 10; batch += 1) subject.taken(Array.from({ length: 200 }, (_, n) => message(`${batch}/${n}`, 'x')));
    expect(idsSent()).toHaveLength(1);
  });

  it('that could not be sent are counted, and the next ones leave', async () => {
    const { subject, lost } = sender(true);
    subject.taken([message('a', 'x')]);
    await subject.close();
    subject.taken([message('b', 'x')]);
    await subject.close();
    expect(lost()).toBe(2);
  });
});
