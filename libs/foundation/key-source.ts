import { AppError, type RealTime } from '#kernel';
import { isKeyUri, parseKeyUri, readSecretFile, TokenDevice, type KeyUri, type TokenSigner } from '#trust';
import type { EnvironmentReader } from './settings.js';

/** Which keys lie in a crypto device, and how it is reached. What is not named lies in files. */
export interface KeySource {
  /** Path of the vendor's PKCS #11 library. */
  readonly module: string;
  /** File with the PIN of every token that has no other; mode 0600. */
  readonly pinFile: string | undefined;
  /** The court's signature over orders and seals. */
  readonly courtKey: KeyUri | undefined;
  /** The ledger's signature over checkpoints. */
  readonly ledgerKey: KeyUri | undefined;
}

/** `PKCS11_MODULE`, `PKCS11_PIN_FILE`, `COURT_SIGNING_KEY`, `LEDGER_SIGNING_KEY`; undefined when no key is in a token. */
export function readKeySource(read: EnvironmentReader): KeySource | undefined {
  const courtKey = readKeyUri(read, 'COURT_SIGNING_KEY');
  const ledgerKey = readKeyUri(read, 'LEDGER_SIGNING_KEY');
  if (!courtKey && !ledgerKey) return undefined;
  const module = read.text('PKCS11_MODULE');
  const pinFile = read.text('PKCS11_PIN_FILE');
  if (module === undefined) read.faults.push('PKCS11_MODULE is the path of the PKCS #11 library of the tokens');
  if ([courtKey, ledgerKey].some((key) => key && key.pinFile === undefined && pinFile === undefined))
    read.faults.push('PKCS11_PIN_FILE, or a pin-source, names the file of the PIN of the token');
  return { module: module ?? '', pinFile, courtKey, ledgerKey };
}

function readKeyUri(read: EnvironmentReader, name: string): KeyUri | undefined {
  const text = read.text(name);
  if (text === undefined) return undefined;
  if (!isKeyUri(text)) {
    // The value is not repeated: somebody may have put the key itself there.
    read.faults.push(`${name} is a PKCS #11 address such as pkcs11:token=court;object=court-1; a key in a file needs no setting`);
    return undefined;
  }
  try {
    return parseKeyUri(text);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    read.faults.push(`${name}: ${error.message}`);
    return undefined;
  }
}

/** The keys of a process that lie in a device. */
export class DeviceKeys {
  private readonly device: TokenDevice;

  /** @param threadFile for tests: the compiled entry of the device's thread */
  constructor(
    private readonly source: KeySource,
    time: RealTime,
    threadFile?: string,
  ) {
    this.device = new TokenDevice({ module: source.module, time, ...(threadFile === undefined ? {} : { threadFile }) });
  }

  /** Undefined when it lies in a file. @throws AppError `invalid-configuration`, `key-file-missing`, `key-file-loose` */
  courtKey(): Promise<TokenSigner | undefined> {
    return this.open('COURT_SIGNING_KEY', this.source.courtKey);
  }

  /** As `courtKey`. */
  ledgerKey(): Promise<TokenSigner | undefined> {
    return this.open('LEDGER_SIGNING_KEY', this.source.ledgerKey);
  }

  async close(): Promise<void> {
    await this.device.close();
  }

  private async open(setting: string, uri: KeyUri | undefined): Promise<TokenSigner | undefined> {
    if (!uri) return undefined;
    // One line, as tools write it; a PIN neither begins nor ends in a space.
    const pin = (await readSecretFile(uri.pinFile ?? this.source.pinFile ?? '')).toString('utf8').trim();
    try {
      return await this.device.open(uri, pin);
    } catch (cause) {
      if (!(cause instanceof AppError)) throw cause;
      throw new AppError(cause.code, `${setting}: ${cause.message}`, { level: 'fatal', cause });
    }
  }
}
