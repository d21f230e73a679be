import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { assertMayEnter } from '#access';
import { AppError } from '#kernel';
import { bankCertificateFiles, type BankKeys, type ExchangeKeys, type Foundation, type KeptClock } from '#foundation';
import type { Database } from '#persistence';
import { openPublicKey, readSecretFile } from '#trust';
import type { BankSimulatorParts } from './bank-simulator.module.js';
import { demoBanks, type BankSetup, type ExchangeServer } from './banks/bank-setup.js';
import type { CallBackTls } from './dialects/realtime-json/court-call.js';
import type { DoorPlace } from './dialects/tls-door.js';

/** The polls of the demo, in milliseconds. */
const POLL_MS = 500;

export interface SimulatorSurroundings {
  /** The simulator's own books: a store that no other app shares. */
  readonly database: Database;
  readonly keys: BankKeys;
  readonly time: KeptClock;
  /** Origin of the connector that a bank calls. */
  readonly connectorOf: (bank: string) => string;
  /** Where the bank that is called listens; see `openDoor`. */
  readonly door: DoorPlace;
  readonly callBackTls?: CallBackTls | undefined;
  /** Where the SFTP server of the bank that exchanges files listens. */
  readonly sftp: { readonly host: string; readonly port: number };
  /** A bank beside those of the demo whose register is asked; see `openRegister`. */
  readonly register?: BankSetup;
  /** Stands in for the pace of the demo. */
  readonly pollMs?: number;
}

/** What the simulated banks need of a foundation: nothing of the court's but its public key and the verifier of its tokens. */
export type SimulatorGround = Pick<Foundation, 'dataDir' | 'clock' | 'entropy' | 'log' | 'tokens' | 'courtSigner'>;

export function simulatorPartsOn(foundation: SimulatorGround, surroundings: SimulatorSurroundings): BankSimulatorParts {
  const { dataDir, clock, entropy, log, tokens, courtSigner } = foundation;
  const { database, keys, time, connectorOf, pollMs = POLL_MS, door, callBackTls, sftp, register } = surroundings;
  return {
    clock,
    entropy,
    log,
    database,
    simClock: time,
    access: {
      assertAdmin: async (header) => {
        const token = /^Bearer (.+)$/.exec(header ?? '')?.[1];
        if (token === undefined) throw new AppError('unauthenticated', '请先登录');
        assertMayEnter(await tokens.verifier.verify(token), 'sim.clock.advance');
      },
    },
    banks: [
      ...(register ? [register] : []),
      ...demoBanks({
        connectorOf,
        door,
        callBackTls,
        exchange: join(dataDir, 'exchange', 'hbrcu'),
        exchangeServer: { ...sftp, ...exchangeServerKeys(keys.exchanges.get('hbrcu')) },
        pollUser: { user: 'hankoubank', password: keys.passwords.get('hankoubank') ?? '' },
        pollMs,
      }),
    ],
    signers: keys.signers,
    payloads: new Map([...keys.payloads].flatMap(([bank, sides]) => (sides.bank ? [[bank, sides.bank] as const] : []))),
    courtKeys: [courtSigner, ...(keys.courtSm2 ? [keys.courtSm2] : [])].map((key) =>
      openPublicKey(key.publicKeyPem(), key.keyId, keys.sm2Work),
    ),
  };
}

/** The bank of the demo that is called, and so has a server's certificate. */
const CALLED_BANK = 'hubeibank';

/** The door of the bank that is called, with what `ensureBankCertificates` has made. @throws AppError `key-file-missing`, `key-file-loose` */
export async function openDoor(dataDir: string, port: number, bank: string = CALLED_BANK): Promise<DoorPlace> {
  const files = bankCertificateFiles(dataDir, bank);
  const server = (await readSecretFile(files.server)).toString('utf8');
  return { port, tls: { certificate: server, key: server, clientAuthority: await readFile(files.courtAuthority, 'utf8') } };
}

/** For call-backs to a connector that speaks TLS: the bank shows there what it shows at its door. */
export async function openCallBackTls(dataDir: string, authorityFile: string): Promise<CallBackTls> {
  const server = (await readSecretFile(bankCertificateFiles(dataDir, CALLED_BANK).server)).toString('utf8');
  return { authority: await readFile(authorityFile, 'utf8'), certificate: server, key: server };
}

/** As whom the court signs in: the user of the bank's profile. */
const COURT_USER = 'court';

function exchangeServerKeys(keys: ExchangeKeys | undefined): Pick<ExchangeServer, 'hostKeyPem' | 'users'> {
  if (!keys?.hostKeyPem) {
    throw new AppError('invalid-configuration', 'the host key of a real bank is pinned, so none can be simulated', { level: 'fatal' });
  }
  return { hostKeyPem: keys.hostKeyPem, users: new Map([[COURT_USER, { key: keys.clientKey }]]) };
}
