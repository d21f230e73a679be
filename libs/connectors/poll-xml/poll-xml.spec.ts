import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AppError } from '#kernel';
import { ANSWERS_MAX, manifest, PollXml, readConfig, STATUS_TABLE } from './index.js';

const connector = new PollXml();

function refusal(work: () => unknown): string | undefined {
  try {
    work();
  } catch (error) {
    if (error instanceof AppError && error.code === 'invalid') return error.errors[0]?.pointer;
    throw error;
  }
  return undefined;
}

describe('poll-xml', () => {
  it('says what it can do, and its table names every word of the dialect', () => {
    expect(manifest).toMatchObject({ delivery: 'pull', statusQuery: false, dedupByReference: true, notices: false, documents: 'fetched' });
    expect(Object.keys(STATUS_TABLE)).toEqual(['done', 'partial', 'refused', 'processing']);
  });

  it('needs a user in the profile', () =>
    expect(() => readConfig({ bank: 'b' } as Parameters<typeof readConfig>[0])).toThrow('needs a user'));

  it('writes a page with the exact bytes in Base64', () => {
    const bytes = Buffer.from([0, 255, 10, 13]);
    expect(connector.writePage([{ orderNumber: '1', legalPerson: 'a', bytes, signature: 's' }])).toEqual({
      orders: [{ orderNumber: '1', body: bytes.toString('base64'), signature: 's' }],
    });
  });

  it('reads back every byte of an upload', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 1 }), { maxLength: ANSWERS_MAX }), (bodies) => {
        const answers = bodies.map((bytes) => ({ body: Buffer.from(bytes).toString('base64'), signature: 's' }));
        const read = connector.readUpload({ answers });
        expect(read.map(({ bytes }) => [...bytes])).toEqual(bodies.map((bytes) => [...bytes]));
      }),
    );
  });

  it.each([
    [{}, '/answers'],
    [{ answers: {} }, '/answers'],
    [{ answers: [{ body: 'a-b' }] }, '/answers/0/body'],
    [{ answers: [{ body: 'QQ==', signature: 5 }] }, '/answers/0/signature'],
    [[], ''],
    [null, ''],
  ])('refuses the upload %j', (body, pointer) => expect(refusal(() => connector.readUpload(body))).toBe(pointer));

  it.each([
    [{ orderNumbers: ['1', ''] }, '/orderNumbers/1'],
    [{ orderNumbers: ['x'.repeat(31)] }, '/orderNumbers/0'],
    [{ orderNumbers: ['1'], receivedAt: 'now' }, '/receivedAt'],
    [{ orderNumbers: ['1'], receivedAt: 5 }, '/receivedAt'],
    ['x', ''],
  ])('refuses the acknowledgement %j', (body, pointer) => expect(refusal(() => connector.readAcknowledgement(body))).toBe(pointer));

  it('brings the bank’s time of receipt into one form', () =>
    expect(connector.readAcknowledgement({ orderNumbers: ['1'], receivedAt: '2026-03-10T11:52:03+08:00', extra: 1 })).toEqual({
      orderNumbers: ['1'],
      receivedAt: '2026-03-10T03:52:03.000Z',
    }));
});
