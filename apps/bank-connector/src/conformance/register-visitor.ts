import { existsSync } from 'node:fs';
import { request } from 'node:https';
import type { BankProfile, PushConnector, Presentation, XmlSignature } from '#connector-sdk';
import { FileXmlSigner, signRequest } from '#connectors/iso20022-inquiry';
import type { OrderDispatched } from '#contracts';
import { messageFiles, type WrongHand } from '#foundation';
import { AppError, type Entropy, type RealTime } from '#kernel';
import { newMessageKey, readSecretFile } from '#trust';
import { readBankSecurity } from '../bank-security.js';

const DAY_MS = 86_400_000;
const ANSWERED_MS_MAX = 30_000;
/** A hundred accounts have some 60 kB. */
const REPLY_BYTES_MAX = 4 * 1024 * 1024;

export interface RegisterVisitorParts {
  readonly profile: BankProfile;
  readonly connector: PushConnector;
  /** The register's address. */
  readonly endpoint: string;
  readonly dataDir: string;
  readonly time: RealTime;
  readonly entropy: Entropy;
}

/** Somebody with the court's certificate of TLS who shows a register one request, in the court's hand or in another. */
export class RegisterVisitor {
  constructor(private readonly parts: RegisterVisitorParts) {}

  /** @returns what came back, empty when nothing did */
  async present(order: OrderDispatched, { by, before = same, after = same }: Presentation): Promise<string> {
    const { connector, dataDir, profile } = this.parts;
    const security = await readBankSecurity(dataDir, profile);
    const bytes = Buffer.from(before(connector.writeOrder(order, new Map()).toString('utf8')), 'utf8');
    const own = await this.handOf(by, security.xmlSignature);
    const signed = own ? await signRequest(bytes, new FileXmlSigner(own)) : bytes;
    if (!security.tls) throw new AppError('invariant-broken', 'a register without TLS has no certificates', { level: 'fatal' });
    const { certificate: cert, key, authority: ca } = security.tls;
    return this.post({ cert, key, ca }, Buffer.from(after(signed.toString('utf8')), 'utf8'));
  }

  private async handOf(by: Presentation['by'], security: XmlSignature | undefined): Promise<XmlSignature['own']> {
    if (by === 'nobody') return undefined;
    if (by === undefined) return security?.own;
    const pem = await this.wrongHand(by);
    return { certificate: pem, key: pem };
  }

  /** A stranger needs no acquaintance, so one is made for a bank that is not ours. */
  private async wrongHand(hand: WrongHand): Promise<string> {
    const { dataDir, profile, time, entropy } = this.parts;
    const file = messageFiles(dataDir, profile.bank).wrong('court', hand);
    if (existsSync(file)) return (await readSecretFile(file)).toString('utf8');
    const now = time.realNow();
    const { cert, key } = await newMessageKey({ name: 'court', from: now - DAY_MS, to: now + DAY_MS }, entropy);
    return `${key}${cert}`;
  }

  private post(tls: { readonly cert: string; readonly key: string; readonly ca: string }, body: Buffer): Promise<string> {
    const headers = { 'content-type': 'text/xml; charset=utf-8', soapaction: '""', 'content-length': body.length };
    return new Promise((resolve) => {
      const call = request(new URL(this.parts.endpoint), { ...tls, method: 'POST', headers, agent: false, timeout: ANSWERED_MS_MAX });
      call.on('response', (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on('data', (chunk: Buffer) => {
          size += chunk.length;
          if (size > REPLY_BYTES_MAX) call.destroy();
          else chunks.push(chunk);
        });
        response.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
      });
      call.on('timeout', () => call.destroy());
      // Whatever broke off said nothing that could be judged.
      call.on('error', () => resolve(''));
      call.on('close', () => resolve(''));
      call.end(body);
    });
  }
}

function same(text: string): string {
  return text;
}
