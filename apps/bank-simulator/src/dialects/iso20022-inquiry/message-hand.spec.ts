import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { SignedXml } from 'xml-crypto';
import { silentLog, SystemClock, type RealTime } from '#kernel';
import { messageSigner, type MessageSigner } from '#testing';
import { MessageHand } from './message-hand.js';

const UNSIGNED = readFileSync(
  new URL('../../../../../docs/dialects/samples/iso20022-inquiry/request-order.xml', import.meta.url),
  'utf8',
).replace('</AppHdr>', '<Sgntr></Sgntr></AppHdr>');
const DSIG = 'http://www.w3.org/2000/09/xmldsig#';
const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const DAY_MS = 86_400_000;

function signed({ keyPem, certificate }: MessageSigner, hash = 'sha256'): string {
  const isWeak = hash === 'sha1';
  const signer = new SignedXml({
    privateKey: keyPem,
    publicCert: certificate.toString(),
    signatureAlgorithm: isWeak ? `${DSIG}rsa-sha1` : 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    canonicalizationAlgorithm: EXCLUSIVE,
  });
  signer.idAttributes = ['id'];
  const digestAlgorithm = 'http://www.w3.org/2001/04/xmlenc#sha256';
  signer.addReference({ xpath: "//*[@id='applicationRequest']", digestAlgorithm, transforms: [`${DSIG}enveloped-signature`, EXCLUSIVE] });
  signer.computeSignature(UNSIGNED, { location: { reference: "//*[local-name(.)='Sgntr']", action: 'append' } });
  return signer.getSignedXml();
}

describe('the hand of a register', () => {
  const clock = new SystemClock();
  let court: MessageSigner;
  let stranger: MessageSigner;
  let good: string;
  beforeAll(async () => {
    const now = new Date(clock.realNow());
    [court, stranger] = await Promise.all([messageSigner('court', now), messageSigner('court', now)]);
    good = signed(court);
  }, 60_000);

  const read = (text: string, time: RealTime = clock): string | undefined =>
    new MessageHand({ certificate: '', key: '', court: [court.certificate.toString()] }, time, silentLog)
      .signedByCourt(Buffer.from(text))
      ?.toString('utf8');
  const truth = (): string => /<ApplicationRequest .*<\/ApplicationRequest>/s.exec(good)?.[0] ?? '';
  const lie = (id: string): string =>
    truth()
      .replace('陈志远', '王小明')
      .replace(' id="applicationRequest"', id)
      .replace(/<Signature .*<\/Signature>/s, '');
  const inHeader = (id: string): string =>
    good.replace(truth(), lie(id)).replace(/<soap:Header>.*?<\/soap:Header>|<soap:Header\/>/s, `<soap:Header>${truth()}</soap:Header>`);

  it('reads what the court has signed, and its signature is no part of that', () => {
    const text = read(good);
    expect(text).toMatch(/^<ApplicationRequest /);
    expect(text).toContain('陈志远');
    expect(text).not.toContain('SignatureValue');
  });

  it('takes anything where it knows no court', () => {
    const hand = new MessageHand({ certificate: '', key: '', court: [] }, clock, silentLog);
    expect(hand.signedByCourt(Buffer.from('x'))?.toString()).toBe('x');
  });

  it.each<[string, () => string]>([
    ['by a stranger', () => signed(stranger)],
    ['by nobody', () => UNSIGNED],
    ['by SHA-1', () => signed(court, 'sha1')],
    ['and changed', () => good.replace('陈志远', '王小明')],
    ['in the header of SOAP, with a lie in the body', () => inHeader(' id="other"')],
    ['in the header of SOAP, with a lie without an id in the body', () => inHeader('')],
    ['in the header of SOAP, with a lie of the same id in the body', () => inHeader(' id="applicationRequest"')],
    ['beside a lie', () => good.replace('</soap:Body>', `${lie('')}</soap:Body>`)],
    ['behind a lie', () => good.replace('<soap:Body>', `<soap:Body>${lie('')}`)],
    ['inside a lie', () => good.replace(truth(), lie(' id="other"').replace('</ApplicationRequest>', `${truth()}</ApplicationRequest>`))],
    ['but broken off', () => good.slice(0, good.length / 2)],
  ])('refuses what is signed %s', (_what, text) => expect(read(text())).toBeUndefined());

  it.each([-2 * DAY_MS, 2 * DAY_MS])('refuses a certificate that is out of time (%d ms)', (ms) => {
    const later = Object.assign(new SystemClock(), { realNow: () => clock.realNow() + ms });
    expect(read(good, later)).toBeUndefined();
  });
});
