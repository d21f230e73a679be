import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createHttpServer } from '#http';
import { AppError, silentLog, SystemClock, systemEntropy } from '#kernel';
import { TestAuthority } from '#testing';
import { Ed25519Signer, Ed25519Verifier, newPrivateKeyPem } from '#trust';
import { BankSimulatorModule } from '../bank-simulator.module.js';
import { demoBanks, type ExchangeServer } from '../banks/bank-setup.js';
import { FrontEnds } from '../dialects/front-ends.js';
import { openBooks } from '../banks/open-simulator.js';
import { FakeCourt } from './fake-court.js';
import { DEBTOR } from './sample-bank.js';

export const BANKS = ['hubeibank', 'hankoubank', 'hbrcu', 'wrcb'];
export const ADMIN = { authorization: 'Bearer admin', 'content-type': 'application/json' };

export const cny = (amount: string) => ({ amount, currency: 'CNY' });

export const CUSTOMERS = [
  {
    ...DEBTOR,
    accounts: [
      { number: 'A1', kind: 'current', currency: 'CNY', balance: '1000.00' },
      { number: 'A2', kind: 'wealth-product', currency: 'CNY', balance: cny('80984.00'), shares: '80000', unitPrice: '1.0123' },
    ],
  },
];

/** A JSON object whose members are looked at one by one. */
export type Json = Readonly<Record<string, unknown>>;

export interface Reply {
  readonly status: number;
  readonly body: Json;
}

/** The whole simulator behind a real HTTP server, and a court behind another. It begins on 2 March 2026. */
export class RunningSimulator {
  private constructor(
    readonly court: FakeCourt,
    readonly origin: string,
    readonly exchange: string,
    readonly clock: SystemClock,
    private readonly closers: readonly (() => Promise<void>)[],
  ) {}

  static async start(folder: string): Promise<RunningSimulator> {
    const begin = Date.UTC(2026, 2, 2, 1);
    const clock = new SystemClock(begin - new SystemClock().now());
    const exchange = join(folder, 'exchange');
    const signers = new Map(BANKS.map((bank) => [bank, new Ed25519Signer(newPrivateKeyPem(systemEntropy), `${bank}-1`)]));
    const verifier = (signer: Ed25519Signer) => new Ed25519Verifier(signer.publicKeyPem(), signer.keyId);
    const court = new FakeCourt(systemEntropy, new Map([...signers.values()].map((signer) => [signer.keyId, verifier(signer)])));
    const environment = { clock, entropy: systemEntropy, log: silentLog };
    const database = await openBooks(join(folder, 'sim'), environment);
    const origin = await court.listen();
    const authority = await TestAuthority.create('simulated bank and its court');
    const server = await authority.issue('hubeibank', { hosts: ['127.0.0.1'] });
    const client = await authority.issue('court');
    const tls = { certificate: server.cert, key: server.key, clientAuthority: authority.cert };
    const module = await BankSimulatorModule.forRoot({
      ...environment,
      database,
      simClock: { now: () => clock.now(), advance: async (ms) => clock.advance(ms) },
      access: { assertAdmin: async (header) => assertAdmin(header) },
      banks: demoBanks({
        connectorOf: () => origin,
        door: { port: 0, tls },
        exchange,
        exchangeServer: anyServer(),
        pollUser: { user: 'YH01', password: 'secret' },
        pollMs: 100,
      }),
      signers,
      courtKeys: [verifier(court.signer)],
    });
    const app: NestFastifyApplication = await createHttpServer(module, silentLog);
    await app.listen(0, '127.0.0.1');
    court.reach(app.get(FrontEnds).doors.get('hubeibank')?.port ?? 0, { ca: authority.cert, ...client });
    return new RunningSimulator(court, await app.getUrl(), exchange, clock, [
      () => app.close(),
      () => court.close(),
      () => database.close(),
    ]);
  }

  async stop(): Promise<void> {
    for (const close of this.closers) await close();
  }

  /** A call of the instrument panel. */
  async panel(method: string, path: string, body?: unknown, headers: Record<string, string> = ADMIN): Promise<Reply> {
    const response = await fetch(`${this.origin}/sim/${path}`, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as Json };
  }

  /** No faults, and the sample customers with nothing frozen. */
  async reset(): Promise<void> {
    for (const bank of BANKS) {
      await this.panel('PUT', `${bank}/faults`, {});
      await this.panel('PUT', `${bank}/customers`, []);
      await this.panel('PUT', `${bank}/customers`, CUSTOMERS);
    }
  }

  async journal(bank: string): Promise<Json[]> {
    return (await this.panel('GET', `${bank}/journal`)).body['items'] as Json[];
  }

  async journalOf(bank: string, orderNumber: string): Promise<Json[]> {
    return (await this.journal(bank)).filter((row) => row['orderNumber'] === orderNumber);
  }
}

function assertAdmin(header: string | undefined): void {
  if (header === undefined) throw new AppError('unauthenticated', '请先登录');
  if (header !== 'Bearer admin') throw new AppError('forbidden', '无权操作');
}

/** The court of these tests puts its packages into the folder; the line to it is the SFTP server's own test. */
function anyServer(): ExchangeServer {
  return { host: '127.0.0.1', port: 0, hostKeyPem: newPrivateKeyPem(systemEntropy), users: new Map() };
}
