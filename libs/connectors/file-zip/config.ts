import { courtXml, withOwnCodes, type BankProfile, type DialectCodes } from '#connector-sdk';
import { AppError } from '#kernel';
import { sshKeyBlob, sshPrivateKey } from '#trust';
import { STATUS_TABLE } from './status-table.js';

/** Keys of the exchange, from the key folder. */
export interface SftpKeys {
  /** Ours, PKCS #8 PEM: the bank knows its public half. */
  readonly clientKeyPem: string | Buffer;
  /** The bank's host key, `ssh-ed25519 AAAA…`, as it was agreed and not as a first connection showed it. */
  readonly hostKey: string;
}

export interface SftpConfig {
  /** Asked at each connection. */
  readonly address: () => { readonly host: string; readonly port: number };
  readonly user: string;
  /** In the form that SSH takes. */
  readonly clientKey: string;
  readonly hostKey: Buffer;
  readonly connectMs: number;
  /** Real milliseconds for one request. */
  readonly deadlineMs: number;
}

/** A legal-person bank with a folder of its own: `/<institution>/{down,up}`. */
export interface Branch {
  readonly legalPerson: string;
  readonly institution: string;
}

export interface FileZipConfig {
  readonly sftp: SftpConfig;
  readonly branches: readonly Branch[];
  /** The dialect's codes with the bank's own. */
  readonly codes: DialectCodes;
}

export const CODES = courtXml.courtCodes(STATUS_TABLE);

const SSH_PORT = 22;

/**
 * @param endpoint stands in for the profile's, where the address is known only when the program listens
 * @throws AppError `invalid-configuration` when the profile lacks an address, a user, a legal person's institution code, or says a code that the dialect has
 */
export function readConfig(profile: BankProfile, keys: SftpKeys, endpoint?: () => string): FileZipConfig {
  const { bank, user, limits, legalPersons } = profile;
  if (!endpoint && profile.endpoint?.startsWith('sftp://') !== true) throw misconfigured(bank, 'needs an endpoint sftp://…');
  if (user === undefined) throw misconfigured(bank, 'needs a user');
  const branches = legalPersons.map(({ code, institution }) => {
    if (institution === undefined) throw misconfigured(bank, `the legal person ${code} needs its 17-character institution code`);
    return { legalPerson: code, institution };
  });
  return {
    branches,
    codes: withOwnCodes(bank, CODES, profile.codes),
    sftp: {
      address: () => addressOf(bank, endpoint?.() ?? profile.endpoint ?? ''),
      user,
      clientKey: sshPrivateKey(keys.clientKeyPem),
      hostKey: sshKeyBlob(keys.hostKey),
      connectMs: limits.connectMs,
      deadlineMs: limits.deadlineMs,
    },
  };
}

function addressOf(bank: string, endpoint: string): { readonly host: string; readonly port: number } {
  if (!endpoint.startsWith('sftp://') || !URL.canParse(endpoint)) throw misconfigured(bank, 'has an endpoint that is not sftp://host:port');
  const { hostname, port } = new URL(endpoint);
  return { host: hostname, port: port === '' ? SSH_PORT : Number(port) };
}

function misconfigured(bank: string, detail: string): AppError {
  return new AppError('invalid-configuration', `${bank}: a bank that exchanges files ${detail}`, { level: 'fatal' });
}
