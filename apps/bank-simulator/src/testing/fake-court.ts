import { createServer, type IncomingMessage, type Server } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { flattenedVerify } from 'jose';
import { Ed25519Signer, newPrivateKeyPem, parseDetached, Ed25519Verifier, signDetached } from '#trust';
import { sha256Hex, SystemClock, systemEntropy, type Entropy } from '#kernel';
import { DEBTOR, OWN_BANK } from './sample-bank.js';

export const DOCUMENT = Buffer.from('%PDF-1.7 协助执行通知书', 'utf8');
const PAPERS: Readonly<Record<string, readonly string[]>> = {
  inquire: ['inquiry-notice'],
  freeze: ['freeze-ruling', 'freeze-notice'],
  renew: ['freeze-ruling', 'freeze-notice'],
  release: ['release-ruling', 'release-notice'],
  deduct: ['deduct-ruling', 'deduct-notice'],
};

export interface SignedMessage {
  readonly bytes: Buffer;
  readonly signature: string;
}

/** A reply of the bank that is called, with what its signature says. */
export interface SignedReply {
  readonly status: number;
  readonly bytes: Buffer;
  readonly header: Readonly<Record<string, unknown>> | undefined;
}

export interface CourtClaims {
  readonly msg: string;
  readonly sub: string;
  /** Members of the header that stand in for the right ones. */
  readonly over?: Readonly<Record<string, unknown>>;
}

let count = 0;

/** The body of an order as the court writes it. */
export function wireOrder(action: string, lines: readonly object[], more: object = {}): { orderNumber: string; [member: string]: unknown } {
  count += 1;
  return {
    format: 'chakong-order/v1',
    orderNumber: `2026031042010699${String(count).padStart(8, '0')}`,
    action,
    court: { code: '420106', name: '武汉市武昌区人民法院' },
    caseNumber: '(2026)鄂0106执1234号',
    officer: { name: '李晓', workId: '鄂0106-0231', dutyId: '鄂执-10231' },
    debtor: { kind: 'person', ...DEBTOR },
    documents: (PAPERS[action] ?? []).map((type) => ({ type, sha256: sha256Hex(DOCUMENT), content: DOCUMENT.toString('base64') })),
    lines: lines.map((line, i) => ({ seq: i + 1, currency: 'CNY', ...line })),
    ...(action === 'deduct' ? { courtAccount: OWN_BANK } : {}),
    ...more,
  };
}

const cny = (amount: string) => ({ amount, currency: 'CNY' });
export const wireFreeze = (account: string, amount: string) =>
  wireOrder('freeze', [{ account, amount: cny(amount), scope: 'funds', from: '2026-03-02', to: '2027-03-01' }]);

/** The court's side of the wires, over real sockets: it takes answers and notices, and has the web service of the polling bank. */
export class FakeCourt {
  readonly answers: Record<string, unknown>[] = [];
  readonly notices: Record<string, unknown>[] = [];
  readonly signer: Ed25519Signer;
  badSignatures = 0;
  /** Status of the next replies to what a bank brings; 200 by default. */
  status = 200;
  /** The web service of a bank that polls, where a spec has one. */
  soap: ((body: Buffer) => Promise<Buffer>) | undefined;
  private readonly server: Server;
  private door = { port: 0, tls: {} };

  constructor(
    entropy: Entropy,
    private readonly bankKeys: ReadonlyMap<string, Ed25519Verifier>,
  ) {
    this.signer = new Ed25519Signer(newPrivateKeyPem(entropy), 'court-1');
    this.server = createServer((request, response) => {
      if (request.url?.endsWith('/ws')) {
        const answered = bytesOf(request).then((body) => this.soap?.(body));
        answered.then(
          (reply) => response.writeHead(reply ? 200 : 404, { 'content-type': 'text/xml' }).end(reply),
          (error: unknown) => response.writeHead(500).end(String(error)),
        );
        return;
      }
      this.handle(request).then(
        (reply) => response.writeHead(reply ? this.status : 404, { 'content-type': 'application/json' }).end(JSON.stringify(reply ?? {})),
        (error: unknown) => response.writeHead(500).end(String(error)),
      );
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => void this.server.listen(0, '127.0.0.1', resolve));
    const address = this.server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return `http://127.0.0.1:${address.port}`;
  }

  close(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => void this.server.close(() => resolve()));
  }

  async sign(body: object): Promise<SignedMessage> {
    const bytes = Buffer.from(JSON.stringify(body), 'utf8');
    return { bytes, signature: `${this.signer.keyId};ed25519;${(await signDetached(this.signer, bytes)).slice('ed25519:'.length)}` };
  }

  /** Where the bank that is called listens, and what is shown there. */
  reach(port: number, tls: object): void {
    this.door = { port, tls };
  }

  async signJws(bytes: Buffer, { msg, sub, over = {} }: CourtClaims): Promise<string> {
    const jti = systemEntropy.bytes(16).toString('base64url');
    const crit = ['b64', 'iat', 'jti', 'aud', 'msg', 'sub'];
    const named = { iat: Math.floor(new SystemClock().realNow() / 1000), jti, aud: 'hubeibank', msg, sub };
    const header = { alg: 'EdDSA', kid: this.signer.keyId, b64: false, crit, ...named, ...over };
    const head = Buffer.from(JSON.stringify(header)).toString('base64url');
    const signature = await this.signer.sign(Buffer.concat([Buffer.from(`${head}.`), bytes]));
    return `${head}..${signature.toString('base64url')}`;
  }

  /** Calls the bank over mutual TLS; without bytes it asks. */
  async callBank(path: string, claims: CourtClaims, bytes?: Buffer, tls: object = this.door.tls): Promise<SignedReply> {
    const signature = await this.signJws(bytes ?? Buffer.alloc(0), claims);
    return this.callBankWith(path, signature, bytes, tls);
  }

  async callBankWith(path: string, signature: string, bytes?: Buffer, tls: object = this.door.tls): Promise<SignedReply> {
    const url = `https://127.0.0.1:${this.door.port}/bank/hubeibank/${path}`;
    const options = { ...tls, method: bytes ? 'POST' : 'GET', headers: { 'x-jws-signature': signature }, agent: false as const };
    const reply = await new Promise<IncomingMessage>((resolve, reject) => {
      httpsRequest(url, options, resolve).on('error', reject).end(bytes);
    });
    const body = await bytesOf(reply);
    return { status: reply.statusCode ?? 0, bytes: body, header: await this.readJws(body, header(reply)) };
  }

  /** What a bank's signature over exactly these bytes says, if it holds. */
  async readJws(bytes: Buffer, value: string | undefined): Promise<Readonly<Record<string, unknown>> | undefined> {
    const [head = '', , signature = ''] = value?.split('.') ?? [];
    const find = ({ kid = '' }: { kid?: string } = {}) => this.bankKeys.get(kid)?.publicKey ?? Promise.reject(new Error('no such key'));
    const understood = { iat: true, jti: true, aud: true, msg: true, sub: true, irt: true };
    return flattenedVerify({ protected: head, payload: bytes, signature }, find, { algorithms: ['EdDSA'], crit: understood }).then(
      (verified) => ({ ...verified.protectedHeader }),
      () => undefined,
    );
  }

  /** Whether a bank's signature over exactly these bytes holds. */
  async holds(bytes: Buffer, signature: string | undefined): Promise<boolean> {
    const [keyId = '', , value = ''] = signature?.split(';') ?? [];
    const raw = parseDetached(`ed25519:${value}`);
    return raw !== undefined && ((await this.bankKeys.get(keyId)?.verify(bytes, raw.signature)) ?? false);
  }

  private async handle(request: IncomingMessage): Promise<object | undefined> {
    const path = request.url?.split('?')[0]?.split('/').slice(3).join('/') ?? '';
    const body = await bytesOf(request);
    if (path === 'notices') return this.take(body, header(request), this.notices);
    return path === 'answers' ? this.take(body, header(request), this.answers) : undefined;
  }

  private async take(bytes: Buffer, signature: string | undefined, into: Record<string, unknown>[]): Promise<object> {
    if ((await this.readJws(bytes, signature))?.['aud'] !== 'court') this.badSignatures += 1;
    else if (this.status === 200) into.push(JSON.parse(bytes.toString('utf8')) as Record<string, unknown>);
    return {};
  }
}

function header(request: IncomingMessage): string | undefined {
  const value = request.headers['x-jws-signature'];
  return typeof value === 'string' ? value : undefined;
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
