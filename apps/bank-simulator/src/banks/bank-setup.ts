import type { CallBackTls } from '../dialects/realtime-json/court-call.js';
import type { MessageKeys } from '../dialects/iso20022-inquiry/message-hand.js';
import type { DoorPlace } from '../dialects/tls-door.js';
import type { SimulatedBank } from './bank-cores.js';

/** How a simulated bank talks to the court. Addresses are without a trailing slash. */
export type BankWire =
  | {
      readonly dialect: 'realtime-json';
      /** `<origin>/connector/<bank>` */
      readonly connector: string;
      /** For the call-backs, where the connector speaks TLS. */
      readonly tls?: CallBackTls;
      readonly door: DoorPlace;
    }
  | { readonly dialect: 'poll-xml'; readonly connector: string; readonly user: string; readonly password: string; readonly pollMs: number }
  | FileWire
  | RegisterWire
  | { readonly dialect: 'manual-desk' };

/** A bank whose register of accounts is asked by ISO 20022. None of the demo's banks is one. */
export interface RegisterWire {
  readonly dialect: 'iso20022-inquiry';
  readonly door: DoorPlace;
  readonly messages: MessageKeys;
}

/** A bank that exchanges packages: a folder of its own machine with one folder for each legal person, and the SFTP server before it. */
export interface FileWire {
  readonly dialect: 'file-zip';
  readonly exchange: string;
  readonly scanMs: number;
  /** Institution code by legal person. */
  readonly institutions: ReadonlyMap<string, string>;
  readonly sftp: ExchangeServer;
}

export interface ExchangeServer {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly hostKeyPem: string | Buffer;
  readonly users: ReadonlyMap<string, { readonly key: string } | { readonly password: string }>;
}

export interface BankSetup extends SimulatedBank {
  readonly wire: BankWire;
}

/** The legal persons of the demo's union, as in its bank profile. */
export const HBRCU_LEGAL_PERSONS = ['hbrcu-jiayu', 'hbrcu-anlu', 'hbrcu-tianmen'] as const;

/** Their institution codes in the demo; the real ones are the union's to say. */
export const HBRCU_INSTITUTIONS: ReadonlyMap<string, string> = new Map([
  ['hbrcu-jiayu', 'D901H101421221001'],
  ['hbrcu-anlu', 'D901H101420982002'],
  ['hbrcu-tianmen', 'D901H101429006003'],
]);

const DAY_MS = 86_400_000;

export interface DemoSurroundings {
  /** Origin of the connector that a bank calls, for example `http://127.0.0.1:3000`. */
  readonly connectorOf: (bank: string) => string;
  /** Where the bank that is called listens. */
  readonly door: DoorPlace;
  readonly callBackTls?: CallBackTls | undefined;
  /** DATA_DIR/exchange/hbrcu */
  readonly exchange: string;
  readonly exchangeServer: ExchangeServer;
  /** How the polling bank signs in: the user and password of its profile. */
  readonly pollUser: { readonly user: string; readonly password: string };
  /** At most 1,000. */
  readonly pollMs: number;
}

/**
 * The four banks of the demo. The demo court's account lies at 湖北银行 (313521000000), so its deducts are credited at once
 * and those of the others go between banks, as in the worked example.
 */
export function demoBanks({ connectorOf, door, callBackTls, exchange, exchangeServer, pollUser, pollMs }: DemoSurroundings): BankSetup[] {
  const alike = { interbankDelayMs: DAY_MS, desk: false, notices: false };
  return [
    {
      ...alike,
      bank: 'hubeibank',
      bankNumbers: ['313521000000'],
      legalPersons: ['hubeibank'],
      notices: true,
      wire: {
        dialect: 'realtime-json',
        connector: `${connectorOf('hubeibank')}/connector/hubeibank`,
        door,
        ...(callBackTls ? { tls: callBackTls } : {}),
      },
    },
    {
      ...alike,
      bank: 'hankoubank',
      bankNumbers: ['313521000011'],
      legalPersons: ['hankoubank'],
      wire: { dialect: 'poll-xml', connector: `${connectorOf('hankoubank')}/connector/hankoubank`, ...pollUser, pollMs },
    },
    {
      ...alike,
      bank: 'hbrcu',
      bankNumbers: ['402521000032'],
      legalPersons: HBRCU_LEGAL_PERSONS,
      wire: { dialect: 'file-zip', exchange, scanMs: pollMs, institutions: HBRCU_INSTITUTIONS, sftp: exchangeServer },
    },
    { ...alike, bank: 'wrcb', bankNumbers: ['314521000047'], legalPersons: ['wrcb'], desk: true, wire: { dialect: 'manual-desk' } },
  ];
}
