import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AppError } from '#kernel';
import { courtXml } from '#connector-sdk';
import { PollXml } from './index.js';
import { assertKnown, UNKNOWN_BYTES_MAX } from './peek-sign-in.js';

const ENVELOPE = 'http://schemas.xmlsoap.org/soap/envelope/';
const CONTENT = 'QUJD'.repeat(40_000);
const connector = new PollXml();

interface Given {
  readonly user: string;
  readonly password: string;
}

const only =
  (account: Given) =>
  (given: Given): void => {
    if (given.user !== account.user || given.password !== account.password) throw new AppError('unauthenticated', 'no');
  };
const enveloped = (argument: string): Buffer =>
  Buffer.from(
    `<s:Envelope xmlns:s="${ENVELOPE}"><s:Body><uploadQueryFeedback xmlns="urn:chakong:poll-xml:1"><a>${argument}</a></uploadQueryFeedback></s:Body></s:Envelope>`,
  );
const escaped = (argument: string): Buffer => enveloped(courtXml.escapeXml(argument));
const attribute = (name: string, value: string): string => `${name}="${courtXml.escapeXml(value)}"`;
const codeOf = (work: () => unknown): string => {
  try {
    work();
    return 'passed';
  } catch (error) {
    return error instanceof AppError ? error.code : `no error of ours: ${String(error)}`;
  }
};

const CREDENTIALS = 'user="u" password="a&amp;b"';
const WITH_CONTENT = `content="${CONTENT}"`;

describe('a large body', () => {
  it.each<[string, Buffer]>([
    ['before what it brings', escaped(`<request ${CREDENTIALS} ${WITH_CONTENT}/>`)],
    ['after it', escaped(`<request ${WITH_CONTENT} ${CREDENTIALS}/>`)],
    ['on both sides of it', escaped(`<request user="u" ${WITH_CONTENT} password="a&amp;b"/>`)],
    ['as CDATA', enveloped(`<![CDATA[<request ${CREDENTIALS} ${WITH_CONTENT}/>]]>`)],
    ['in other quotes', escaped(`<request user = 'u' password='a&#38;b' ${WITH_CONTENT}/>`)],
    ['with quotes that are not escaped', enveloped(`&lt;request user="u" password="a&amp;amp;b" ${WITH_CONTENT}/&gt;`)],
  ])('is read for who has signed in %s, and refused before it is parsed for anybody else', (_, body) => {
    expect(body.length).toBeGreaterThan(UNKNOWN_BYTES_MAX);
    expect(codeOf(() => connector.readCall(body, only({ user: 'u', password: 'a&b' })))).toBe('passed');
    expect(codeOf(() => connector.readCall(body, only({ user: 'u', password: 'other' })))).toBe('unauthenticated');
    expect(codeOf(() => connector.readCall(body, only({ user: 'other', password: 'a&b' })))).toBe('unauthenticated');
  });

  it.each([
    ['that names nobody', escaped(`<request ${WITH_CONTENT}/>`)],
    ['that hides who it is from in its middle', escaped(`<request ${WITH_CONTENT} ${CREDENTIALS} other="${CONTENT}"/>`)],
    ['that is no XML', Buffer.alloc(UNKNOWN_BYTES_MAX + 1, '<a>')],
  ])('%s is refused', (_, body) => expect(codeOf(() => connector.readCall(body, () => undefined))).toBe('invalid'));

  it('that a client of SOAP has written is never refused for its password’s characters', () => {
    const printable = fc.string({ unit: fc.constantFrom(...'abcXYZ019&<>"\'#;=/ 中é'), minLength: 1, maxLength: 24 });
    fc.assert(
      fc.property(printable, printable, fc.boolean(), (user, password, first) => {
        const credentials = `${attribute('user', user)} ${attribute('password', password)}`;
        const argument = first ? `<request ${credentials} ${WITH_CONTENT}/>` : `<request ${WITH_CONTENT} ${credentials}/>`;
        expect(codeOf(() => assertKnown(escaped(argument), only({ user, password })))).toBe('passed');
      }),
      { numRuns: 200 },
    );
  });

  it('of any bytes passes or is refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 4_000 }), (bytes) => {
        expect(['passed', 'invalid', 'unauthenticated']).toContain(
          codeOf(() => assertKnown(Buffer.from(bytes), only({ user: 'u', password: 'p' }))),
        );
      }),
    );
  });
});

describe('a body of a poll', () => {
  it('is parsed whoever sends it, and judged by its caller', () => {
    const call = connector.readCall(
      escaped('<request user="u" password="p"/>'.replace('/>', ' content=""/>')),
      only({ user: 'x', password: 'x' }),
    );
    expect(call).toMatchObject({ user: 'u', password: 'p' });
  });
});
