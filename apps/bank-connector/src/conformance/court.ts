import { X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { InstalledBank } from '#bank-directory';
import type { OrderDispatched } from '#contracts';
import { ordersTopic, encodeBody } from '#contracts';
import {
  bankCertificateFiles,
  freePortIfZero,
  KeptClock,
  layFoundation,
  layGround,
  messageFiles,
  openBankKeys,
  type BankKeys,
  type Foundation,
} from '#foundation';
import { createHttpServer } from '#http';
import { invariant, newId, silentLog } from '#kernel';
import { FieldCipher } from '#privacy';
import { KeyRing, readSecretFile } from '#trust';
import { BankConnectorModule } from '../bank-connector.module.js';
import type { BankHost } from '../bank-host.js';
import { BankHosts } from '../bank-hosts.js';
import type { HostedBank } from '../connector-parts.js';
import { connectorPartsOn } from '../compose-connector.js';
import { CourtHand } from './court-hand.js';
import { Heard } from './heard.js';
import { loseOrder } from './order-journal.js';
import { OrderMaker, SAMPLE_PDF } from './orders.js';

export interface CourtPlace {
  readonly installed: InstalledBank;
  readonly dataDir: string;
  readonly patienceMs: number;
  /** 0: any free port, on this machine alone. */
  readonly port: number;
  /** Address of a bank that is called; known once the simulator's port is. */
  readonly endpoint: string | undefined;
  /** A file with the public key of a bank that is not ours. */
  readonly bankKeyFile: string | undefined;
}

/** The court's side of a run: the real connector app for one bank on a folder of its own, with the kit in the gateway's place. */
export class Court {
  private constructor(
    readonly host: BankHost,
    readonly foundation: Foundation,
    readonly time: KeptClock,
    readonly hand: CourtHand,
    readonly keys: BankKeys,
    readonly heard: Heard,
    readonly orders: OrderMaker,
    readonly origin: string,
    private readonly app: NestFastifyApplication,
  ) {}

  static async open(place: CourtPlace): Promise<Court> {
    const { installed, dataDir } = place;
    const { bank } = installed.profile;
    const time = await KeptClock.open(dataDir);
    const { clock } = time;
    const foundation = await layFoundation(
      await layGround({ dataDir, instance: 'conformance', isSoleInstance: true, backing: undefined }, clock, silentLog),
    );
    const { entropy, bus, keys: caseKeys, blobs } = foundation;
    const keys = await bankKeys(place, await openBankKeys(dataDir, [installed.profile], entropy));
    const courtKey = keys.courtSm2 ?? foundation.courtSigner;
    const hand = new CourtHand(courtKey, entropy);
    const composed = await connectorPartsOn(foundation, { banks: [withOneRing(installed)], keys, endpointOf: () => place.endpoint });
    const heard = new Heard(caseKeys, clock, entropy, place.patienceMs);
    await heard.listen(bus);
    const caseId = newId(clock, entropy);
    await caseKeys.create([caseId]);
    const { digest } = await blobs.put(caseId, SAMPLE_PDF);
    const run = String(entropy.bytes(6).readUIntBE(0, 6) % 10 ** 10).padStart(10, '0');
    const orders = new OrderMaker({ clock, entropy, bank, caseId, digest, run });
    const known = await outdatedHands(dataDir, bank);
    const app = await createHttpServer(
      BankConnectorModule.forRoot({ ...composed, banks: composed.banks.map((hosted) => ({ ...trusting(hosted, known), signer: hand })) }),
      silentLog,
    );
    const isPublic = place.bankKeyFile !== undefined;
    const port = await freePortIfZero(place.port);
    await app.listen({ port, host: isPublic ? '0.0.0.0' : '127.0.0.1' });
    const host = app.get(BankHosts, { strict: false }).find(bank);
    invariant(host, 'the connector does not host the bank');
    return new Court(host, foundation, time, hand, keys, heard, orders, `http://127.0.0.1:${port}`, app);
  }

  /** Gives an order to the connector; resolves when it is in the journal. */
  async dispatch(order: OrderDispatched): Promise<void> {
    const { clock, entropy, keys, bus } = this.foundation;
    const caseId = order.case.id;
    const id = newId(clock, entropy);
    const type = 'order.dispatched.v1';
    const sealed = new FieldCipher(entropy).sealBytes(await keys.get(caseId), `message|${type}|${id}`, encodeBody(type, order));
    const key = order.lane?.id ?? order.orderNumber;
    await bus.publish([{ id, topic: ordersTopic(order.bank), key, type, at: clock.now(), headers: { caseId }, body: sealed }]);
  }

  async forget(order: OrderDispatched): Promise<void> {
    await loseOrder(this.host.context, order.orderNumber);
    this.heard.forget(order.orderNumber);
  }

  /** The bank's key counts no longer, or counts again. */
  keyExpired(isExpired: boolean): void {
    const { bank } = this.host.context;
    const signer = this.keys.signers.get(bank);
    if (signer) this.keys.ring.add({ bank, keyId: signer.keyId, publicKeyPem: signer.publicKeyPem(), ...(isExpired ? { to: 0 } : {}) });
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.foundation.bus.close();
    await this.foundation.close();
  }
}

/** The kit says itself which keys count, and until when: not the bounds in the profile of an installation. */
function withOneRing({ profile, manifest }: InstalledBank): InstalledBank {
  const { signingKeys: _, ...rest } = profile;
  return { manifest, profile: rest };
}

/** Certificates of a simulated register that the court knows and must not believe: for their dates, or for their keys. */
async function outdatedHands(dataDir: string, bank: string): Promise<readonly string[]> {
  const { wrong } = messageFiles(dataDir, bank);
  const files = (['expired', 'early', 'weak'] as const).map((hand) => wrong('bank', hand)).filter((file) => existsSync(file));
  return Promise.all(files.map(async (file) => (await readSecretFile(file)).toString('utf8')));
}

function trusting(hosted: HostedBank, known: readonly string[]): HostedBank {
  const { xmlSignature } = hosted;
  return xmlSignature ? { ...hosted, xmlSignature: { ...xmlSignature, trusted: [...xmlSignature.trusted, ...known] } } : hosted;
}

/** Of a foreign bank only the public key is known; the simulator's own pair was made with the password. */
async function bankKeys({ bankKeyFile, installed, dataDir }: CourtPlace, made: BankKeys): Promise<BankKeys> {
  if (bankKeyFile === undefined) return made;
  const { bank } = installed.profile;
  const ring = new KeyRing([], made.sm2Work);
  // A register is known by the certificates that its profile names.
  if (installed.profile.xmlSignature) return { ...made, ring, signers: new Map() };
  ring.add({ bank, keyId: installed.profile.signingKeys?.[0]?.kid ?? `${bank}-1`, publicKeyPem: await readFile(bankKeyFile, 'utf8') });
  await mkdir(dataDir, { recursive: true });
  return { ...made, ring, signers: new Map() };
}

/** What a foreign bank needs of us: the court's public key, and by delivery our certificates' authority, the password it polls with, or our key for its files. */
export async function handOver(court: Court, folder: string): Promise<readonly string[]> {
  const { bank, profile } = court.host.context;
  const { kind } = court.host.door;
  const file = join(folder, 'court.pub.pem');
  await writeFile(file, (court.keys.courtSm2 ?? court.foundation.courtSigner).publicKeyPem());
  const lines = [`our public key (key id ${court.hand.keyId}) is in ${file}; we listen at ${court.origin}`];
  if (profile.tls) lines.push(`the authority of our client certificate is in ${bankCertificateFiles(folder, bank).courtAuthority}`);
  if (profile.xmlSignature) {
    const messages = join(folder, 'court-messages.pem');
    const own = await readSecretFile(messageFiles(folder, bank).court);
    // The key beside it is for nobody.
    await writeFile(messages, new X509Certificate(own).toString());
    lines.push(`the certificate of our messages is in ${messages}`);
  }
  const password = court.keys.passwords.get(bank);
  if (kind === 'pull' && password !== undefined) lines.push(`the bank signs in with the password ${password}`);
  const exchange = court.keys.exchanges.get(bank);
  if (kind === 'file' && exchange) lines.push(`we sign in with the key ${exchange.clientKey}`);
  return lines;
}
