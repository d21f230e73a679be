import {
  GuardedPush,
  type DayStatements,
  KeptSignatures,
  type DeskConnector,
  type OrderTranslation,
  type PullConnector,
  type PushConnector,
  type WireSignatures,
} from '#connector-sdk';
import { FileZip, readConfig as readFileConfig, SftpExchange } from '#connectors/file-zip';
import { Iso20022Inquiry, MessageSignatures, readConfig as readIsoConfig } from '#connectors/iso20022-inquiry';
import { ManualDesk } from '#connectors/manual-desk';
import { PollXml, readConfig as readPollConfig } from '#connectors/poll-xml';
import { CourtSignatures, readConfig as readRealtimeConfig, RealtimeJson } from '#connectors/realtime-json';
import { AppError } from '#kernel';
import { SeenSignatureRows } from './adapters/store/seen-signatures.js';
import type { SignerPort } from '#trust';
import type { BankContext } from './bank-context.js';
import type { ConnectorParts, HostedBank } from './connector-parts.js';
import { DeskDriver } from './drivers/desk-driver.js';
import type { Driver } from './drivers/driver.js';
import { FileDriver } from './drivers/file-driver.js';
import { PullDriver } from './drivers/pull-driver.js';
import { PushDriver } from './drivers/push-driver.js';
import { AskDay } from './use-cases/ask-day/ask-day.js';

/** How a bank's own calls come in, where it makes any. */
export type Door =
  | {
      readonly kind: 'push';
      readonly connector: PushConnector;
      readonly calls: GuardedPush;
      readonly signatures: WireSignatures;
      readonly days?: DayStatements;
    }
  | { readonly kind: 'pull'; readonly connector: PullConnector; readonly user: string; readonly password: string }
  | { readonly kind: 'file' }
  | { readonly kind: 'desk'; readonly connector: DeskConnector };

export interface OpenedDialect {
  readonly driver: Driver;
  /** How this dialect signs and judges. */
  readonly signatures: WireSignatures;
  readonly door: Door;
  /** Asks for the bank's side of each day, where its dialect can be asked. */
  readonly days?: Driver;
  /** Undefined at a desk, to which no bytes go. */
  readonly translation: OrderTranslation | undefined;
}

/** A dialect that says nothing of signatures keeps one beside each message. */
type DialectParts = Omit<OpenedDialect, 'signatures'> & { readonly signatures?: WireSignatures };
type Opener = (context: BankContext, hosted: HostedBank, parts: ConnectorParts) => DialectParts;

/** One entry for each dialect: the whole registration. */
const OPENERS: Readonly<Record<string, Opener>> = {
  'realtime-json': openRealtimeJson,
  'poll-xml': openPollXml,
  'file-zip': openFileZip,
  'manual-desk': openManualDesk,
  'iso20022-inquiry': openIso20022Inquiry,
};

/** @throws AppError `invalid-configuration` when the profile lacks what its dialect needs */
export function openDialect(context: BankContext, hosted: HostedBank, parts: ConnectorParts): OpenedDialect {
  const opener = OPENERS[hosted.profile.dialect];
  if (!opener) throw misconfigured(hosted, `no connector speaks the dialect ${hosted.profile.dialect}`);
  if (hosted.profile.payload && (!hosted.payload || hosted.profile.dialect !== SEALED_DIALECT))
    throw misconfigured(hosted, `payload: sm4 needs the keys of encryption and the dialect ${SEALED_DIALECT}`);
  const kept = new KeptSignatures(context.bank, signerFor(hosted, parts), parts.bankKeys, parts.clock);
  return { signatures: kept, ...opener(context, hosted, parts) };
}

function openRealtimeJson(context: BankContext, hosted: HostedBank, parts: ConnectorParts): DialectParts {
  const { profile, endpoint, tls, database, signingKeys, payload } = hosted;
  const { clock, entropy, log, bankKeys } = parts;
  const signatures = new CourtSignatures({
    bank: profile.bank,
    signer: signerFor(hosted, parts),
    ring: signingKeys ?? bankKeys,
    seen: new SeenSignatureRows(database, clock),
    time: clock,
    entropy,
  });
  const connector = new RealtimeJson(readRealtimeConfig(profile, { endpoint, tls }), signatures, clock, payload);
  const calls = new GuardedPush(profile.bank, connector, profile.limits, clock, log);
  const driver = new PushDriver(context, { connector, calls, signatures });
  const days = new AskDay(context, { days: connector, calls });
  return { driver, days, signatures, door: { kind: 'push', connector, calls, signatures, days: connector }, translation: connector };
}

function openPollXml(context: BankContext, hosted: HostedBank): DialectParts {
  const { user, codes } = readPollConfig(hosted.profile);
  const { password } = hosted;
  if (password === undefined || password.length < PASSWORD_CHARS_MIN) {
    throw misconfigured(hosted, `a bank that polls needs a password of at least ${PASSWORD_CHARS_MIN} characters`);
  }
  const connector = new PollXml(codes);
  return { driver: new PullDriver(context), door: { kind: 'pull', connector, user, password }, translation: connector };
}

function openFileZip(context: BankContext, hosted: HostedBank, parts: ConnectorParts): DialectParts {
  const { bankKeys, clock } = parts;
  if (hosted.exchangeKeys === undefined) throw misconfigured(hosted, 'a bank that exchanges files needs the keys of its exchange');
  const config = readFileConfig(hosted.profile, hosted.exchangeKeys, hosted.endpoint);
  const translation = new FileZip(config.branches, config.codes);
  const exchange = new SftpExchange(config, clock);
  const driver = new FileDriver(context, { translation, exchange, signer: signerFor(hosted, parts) }, bankKeys);
  return { driver, door: { kind: 'file' }, translation };
}

function openManualDesk(context: BankContext, hosted: HostedBank): DialectParts {
  if (hosted.profile.codes) throw misconfigured(hosted, 'a desk types our own words and reads no codes');
  return { driver: new DeskDriver(context), door: { kind: 'desk', connector: new ManualDesk() }, translation: undefined };
}

function openIso20022Inquiry(context: BankContext, hosted: HostedBank, { clock, log }: ConnectorParts): DialectParts {
  const { profile, endpoint, tls, xmlSignature } = hosted;
  const config = readIsoConfig(profile, { endpoint, tls, xmlSignature });
  const signatures = new MessageSignatures(config.trusted, clock);
  const connector = new Iso20022Inquiry(config, clock);
  const calls = new GuardedPush(profile.bank, connector, profile.limits, clock, log);
  const driver = new PushDriver(context, { connector, calls, signatures });
  return { driver, signatures, door: { kind: 'push', connector, calls, signatures }, translation: connector };
}

function signerFor({ signer }: HostedBank, { courtSigner }: ConnectorParts): SignerPort {
  return signer ?? courtSigner;
}

const PASSWORD_CHARS_MIN = 16;
/** The one whose bodies can be encrypted. */
const SEALED_DIALECT = 'realtime-json';

function misconfigured({ profile }: HostedBank, detail: string): AppError {
  return new AppError('invalid-configuration', `${profile.bank}: ${detail}`, { level: 'fatal' });
}
