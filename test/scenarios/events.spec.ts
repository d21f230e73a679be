import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, type Caller } from '#testing';
import { BANK_MS_MAX, Stage } from './stage/stage.js';

interface StreamedEvent {
  readonly id: string;
  readonly event: string;
  readonly data: string;
}

/** Reads a stream of server-sent events in the background until it is closed. */
class EventStream {
  readonly events: StreamedEvent[] = [];
  private readonly stopper = new AbortController();
  private reading: Promise<void> = Promise.resolve();

  static async open(caller: Caller, requestId: string, lastEventId?: string): Promise<EventStream> {
    const stream = new EventStream();
    const headers = { accept: 'text/event-stream', ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }) };
    const response = await caller.open('GET', `/api/v1/requests/${requestId}/events`, { headers, signal: stream.stopper.signal });
    expect([response.status, response.headers.get('content-type')?.split(';')[0]]).toEqual([200, 'text/event-stream']);
    stream.reading = stream.read(response).catch((error: unknown) => {
      if (!stream.stopper.signal.aborted) throw error;
    });
    return stream;
  }

  async close(): Promise<void> {
    this.stopper.abort();
    await this.reading;
  }

  private async read(response: Response): Promise<void> {
    let text = '';
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk as Uint8Array).toString('utf8');
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        this.take(text.slice(0, end));
        text = text.slice(end + 2);
      }
    }
  }

  private take(block: string): void {
    const field = (name: string) =>
      block
        .split('\n')
        .filter((line) => line.startsWith(`${name}:`))
        .map((line) => line.slice(name.length + 1).trim())
        .join('\n');
    if (field('data') !== '') this.events.push({ id: field('id'), event: field('event'), data: field('data') });
  }
}

describe('the events of a request', () => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await Stage.open();
  }, 120_000);

  afterAll(() => stage.close());

  it('come one for each change while it happens, and go on without gap or repetition after a break', async () => {
    const staged = await stage.inquiredCase();
    const lines = [{ holdingId: staged.holdings[0]?.id, amount: '100.00' }];
    const posted = await stage.post({ action: 'freeze', caseId: staged.id, lines, term: stage.term() });

    const live = await EventStream.open(stage.officer, posted.id);
    await stage.approve(posted.id);
    await eventually(() => live.events.some(({ data }) => data.includes('dispatched')), BANK_MS_MAX);
    await live.close();
    const seen = [...live.events];

    await stage.ended(posted.id);
    const resumed = await EventStream.open(stage.officer, posted.id, seen.at(-1)?.id);
    await eventually(() => resumed.events.some(({ data }) => data.includes('completed')), BANK_MS_MAX);
    await resumed.close();

    const whole = await EventStream.open(stage.officer, posted.id);
    await eventually(() => whole.events.some(({ data }) => data.includes('completed')), BANK_MS_MAX);
    await whole.close();
    expect([...seen, ...resumed.events]).toEqual(whole.events);
    expect(new Set(whole.events.map(({ id }) => id)).size).toBe(whole.events.length);
    for (const { data } of whole.events) expect(() => JSON.parse(data) as unknown).not.toThrow();
  }, 60_000);

  it('are not for those who may not read the request, and name nobody in clear', async () => {
    const staged = await stage.inquiredCase();
    const { items } = await stage.officer.read<{ items: { id: string }[] }>(`/api/v1/requests?caseId=${staged.id}`);
    const id = items[0]?.id ?? '';
    expect([403, 404]).toContain((await stage.as('clerk.wrcb').get(`/api/v1/requests/${id}/events`)).status);
    const stream = await EventStream.open(stage.officer, id);
    await eventually(() => stream.events.length > 0, BANK_MS_MAX);
    await stream.close();
    const text = JSON.stringify(stream.events);
    for (const clear of [staged.debtor.name, staged.debtor.idNumber, staged.accounts[0]?.number ?? '']) expect(text).not.toContain(clear);
  }, 60_000);
});
