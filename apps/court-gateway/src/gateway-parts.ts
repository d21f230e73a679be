import type { OidcSettings, TokenIssuer, TokenVerifier } from '#access';
import type { ServiceHours } from '#connector-sdk';
import type { Clock, Entropy, Log, RealTime } from '#kernel';
import type { Leader, MessageBus } from '#messaging';
import type { DeliveryStyle, GateBank, Policy } from '#orders';
import type { Database } from '#persistence';
import type { BlindIndex, BlobStore, CaseKeys, KeyRotation, Pseudonyms, SystemKeys } from '#privacy';
import type { SignerPort } from '#trust';
import type { Renderer } from './use-cases/make-instrument/renderer.js';
import type { LedgerPort } from './use-cases/prove-request/ledger-port.js';

/** What the gateway knows of a bank: its profile together with what its dialect can do. */
export interface GatewayBank extends GateBank {
  /** Code, for example `hubeibank`; part of the topic's name. */
  readonly bank: string;
  readonly dialect: string;
  /** Never empty; the first is the default. A bank of one legal person has its own code here. */
  readonly legalPersons: readonly { readonly code: string; readonly name: string }[];
  /** The bank tells unasked when coverage changes; others are asked again (I16). */
  readonly notices: boolean;
  /** The bank can say its side of a day; without it a statement has our side alone. */
  readonly dayStatement?: boolean;
  /** How its dialect delivers (I5). What a bank that polls may fetch has not left yet, so it can still be withdrawn. */
  readonly delivery?: DeliveryStyle;
  /** When orders may leave for it; left out, at any time. */
  readonly service?: ServiceHours;
}

/** The banks of this installation; read once at start. */
export interface BankDirectory {
  all(): readonly GatewayBank[];
  find(bank: string): GatewayBank | undefined;
}

/** Everything the gateway stands on. Made by the program that starts it; closed by that program too. */
export interface GatewayParts {
  /** Folder for files under work (`imports/`); nothing in it stays in clear. */
  readonly dataDir: string;
  readonly database: Database;
  readonly bus: MessageBus;
  readonly clock: Clock & RealTime;
  readonly entropy: Entropy;
  readonly log: Log;
  readonly keys: CaseKeys;
  /** Ends the generation of keys that the key of an erased case was wrapped under. */
  readonly rotation: Pick<KeyRotation, 'endGenerationOf'>;
  readonly systemKeys: SystemKeys;
  readonly blind: BlindIndex;
  readonly pseudonyms: Pseudonyms;
  readonly blobs: BlobStore;
  readonly tokens: { readonly issuer: TokenIssuer; readonly verifier: TokenVerifier };
  /** Sign-in by an identity provider beside the local users; without it `/auth/oidc` is not offered. */
  readonly oidc?: OidcSettings;
  /** The court's key for document seals. */
  readonly courtSigner: SignerPort;
  readonly policy: Policy;
  readonly banks: BankDirectory;
  /** Where several replicas run, the one that relays and watches deadlines; left out, this one does. */
  readonly leader?: Leader;
  /** The bus acknowledges before the effect: rows of the outbox wait for receipts. */
  readonly receipts?: boolean;
  /** Rows of the outbox that may wait before writes are refused; left out, `OUTBOX_ROWS_MAX`. */
  readonly outboxRowsMax?: number | undefined;
  /** State of the circuit breaker towards a bank, where this process knows it. */
  readonly breakerOf?: (bank: string) => string | undefined;
  /** Makes PDFs; by default a bounded pool of worker threads that is started with the first document. */
  readonly renderer?: Renderer;
  /** Origin of the ledger's HTTP interface without a trailing slash, for proofs; in one process the server's own. */
  readonly ledgerUrl?: string;
  /** Takes the place of the HTTP client to the ledger. */
  readonly ledger?: LedgerPort;
  /** Benches only: orders are accepted and stay in the outbox until the relay is let go. */
  readonly holdDelivery?: boolean;
}

/** Nest token of the parts. */
export const PARTS = Symbol('gateway parts');

/** Nest token of the gateway's relay, for nudging it after commits and for the bench's switch. */
export const GATEWAY_RELAY = Symbol('gateway relay');
