import type { TokenVerifier } from '#access';
import type { BankProfile, BankTls, XmlSignature } from '#connector-sdk';
import type { SftpKeys } from '#connectors/file-zip';
import type { Speaker } from './bank-context.js';
import type { Clock, Entropy, Log, RealTime } from '#kernel';
import type { MessageBus } from '#messaging';
import type { Database } from '#persistence';
import type { BlobStore, CaseKeys, Pseudonyms, SystemKeys } from '#privacy';
import type { KeyRing, PayloadSealing, SignerPort } from '#trust';

/** One bank of this process, with a database of its own (`connectorMigrations`). */
export interface HostedBank {
  readonly profile: BankProfile;
  readonly database: Database;
  /** Left out where this is the only process of the bank. */
  readonly speaker?: Speaker;
  /** push, file: stands in for the profile's endpoint, and is asked at each call; for programs that know their port only when they listen. */
  readonly endpoint?: () => string;
  /** push over https: what the profile's `tls` names, read. */
  readonly tls?: BankTls;
  /** The keys that the profile's `signingKeys` names, with their bounds; left out, those of `bankKeys` count. */
  readonly signingKeys?: KeyRing;
  /** What the profile's `xmlSignature` names, read. */
  readonly xmlSignature?: XmlSignature;
  /** What we sign with to this bank; left out, the court's key. */
  readonly signer?: SignerPort;
  /** What encrypts bodies, where the profile says so. */
  readonly payload?: PayloadSealing;
  /** pull: what the bank signs in with, beside the profile's user. */
  readonly password?: string;
  /** file: our key, and the host key of the bank's machine. */
  readonly exchangeKeys?: SftpKeys;
}

/** Everything a connector process stands on. Made by the program that starts it, and closed by that program too. */
export interface ConnectorParts {
  readonly banks: readonly HostedBank[];
  readonly bus: MessageBus;
  readonly clock: Clock & RealTime;
  readonly entropy: Entropy;
  readonly log: Log;
  readonly keys: CaseKeys;
  readonly systemKeys: SystemKeys;
  readonly pseudonyms: Pseudonyms;
  readonly blobs: BlobStore;
  readonly tokens: { readonly verifier: TokenVerifier };
  /** The court's key: it signs what leaves for a bank that has agreed on no other algorithm. */
  readonly courtSigner: SignerPort;
  /** The banks' public keys. */
  readonly bankKeys: KeyRing;
  /** The bus acknowledges before the effect: rows of the outboxes wait for receipts. */
  readonly receipts?: boolean;
}

/** Nest token of the parts. */
export const CONNECTOR_PARTS = Symbol('connector parts');
