import { createPublicKey, type KeyObject } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { AppError, errorText, type RealTime } from '#kernel';
import { parsePublicKeyPem } from '../ed25519-keys.js';
import type { SigningKey } from '../signing-ports.js';
import { misconfigured } from './cryptoki.js';
import type { KeyUri } from './key-uri.js';
import type { TokenAnswer, TokenKey, TokenTask } from './token-work.js';

/** Code of the refusal when a token does not answer, or not now. What was to be signed may be tried again. */
export const SIGNER_UNAVAILABLE = 'signer-unavailable';

/** Signatures that wait for the one thread; at two milliseconds each the last one waits for a second. */
const WAITING_MAX = 512;
/** Real time for one signature, what waits before it included; a device on the network that hangs is given up then. */
const ANSWER_MS_MAX = 10_000;
/** The compiled entry lies beside this file. */
const THREAD_FILE = fileURLToPath(new URL('./token-thread.js', import.meta.url));

export interface DeviceSettings {
  /** Path of the vendor's PKCS #11 library. A process has one. */
  readonly module: string;
  readonly time: RealTime;
  /** The compiled entry of the thread; beside this file unless told otherwise. */
  readonly threadFile?: string;
}

/**
 * A crypto device with keys that never leave it. The calls of a vendor's library block, a network device's for as long as it likes, so one
 * thread of our own makes all of them, one after the other: the runtime's pool of threads is the disk's too.
 */
export class TokenDevice {
  private readonly pool: Piscina<TokenTask, TokenAnswer>;

  constructor(private readonly settings: DeviceSettings) {
    // The thread lives as long as the device: with it would go the sessions, and the PINs that must not be tried again.
    this.pool = new Piscina({ filename: settings.threadFile ?? THREAD_FILE, minThreads: 1, maxThreads: 1, maxQueue: WAITING_MAX * 2 });
  }

  /**
   * Opens a key and proves with a signature that it can be used, so that a start is refused and not the first order.
   * @throws AppError `invalid-configuration` when addon, module, token, key or PIN is missing or wrong, or the key is none of Ed25519
   */
  async open(uri: KeyUri, pin: string): Promise<TokenSigner> {
    const { token, serial, object, id } = uri;
    const key = { token, object, pin, ...(serial === undefined ? {} : { serial }), ...(id === undefined ? {} : { id }) };
    try {
      const signer = new TokenSigner(object, await this.ask(key), (bytes) => this.ask(key, bytes));
      await signer.sign(PROBE);
      return signer;
    } catch (cause) {
      if (cause instanceof AppError && cause.code === SIGNER_UNAVAILABLE) throw misconfigured(cause.message, cause);
      throw cause;
    }
  }

  async close(): Promise<void> {
    await this.pool.destroy();
  }

  private async ask(key: TokenKey, bytes?: Uint8Array): Promise<Buffer> {
    const answer = await this.answerOf({ module: this.settings.module, key, ...(bytes === undefined ? {} : { bytes }) });
    if (answer.ok) return Buffer.from(answer.bytes);
    throw answer.isConfiguration ? misconfigured(answer.detail) : unavailable(answer.detail);
  }

  private async answerOf(task: TokenTask): Promise<TokenAnswer> {
    if (this.pool.queueSize >= WAITING_MAX) throw unavailable('too many signatures wait for the token');
    const given = this.pool.run(task).catch((cause: unknown) => {
      throw unavailable(`the thread of the token has failed: ${errorText(cause)}`, cause);
    });
    let timer: ReturnType<RealTime['setRealTimer']> | undefined;
    const late = new Promise<never>((_, reject) => {
      // The call itself cannot be cut short; what it gives then is thrown away.
      timer = this.settings.time.setRealTimer(ANSWER_MS_MAX, () => reject(unavailable(`the token gave no answer in ${ANSWER_MS_MAX} ms`)));
    });
    return Promise.race([given, late]).finally(() => timer?.cancel());
  }
}

/** What is signed at a start: it is no message, no document and no checkpoint. */
const PROBE = Buffer.from('chakong: this key can be used\n', 'utf8');
/** DER of an Ed25519 SPKI up to the 32 bytes (RFC 8410, section 4). */
const SPKI_HEAD = Buffer.from('302a300506032b6570032100', 'hex');

/** An Ed25519 key in a token. Each signature has been verified with its public half before it is given out. */
export class TokenSigner implements SigningKey {
  readonly algorithm = 'ed25519';
  readonly publicKey: KeyObject;

  /** @param point the 32 bytes of the public key */
  constructor(
    readonly keyId: string,
    point: Uint8Array,
    private readonly signBytes: (bytes: Uint8Array) => Promise<Buffer>,
  ) {
    this.publicKey = createPublicKey({ key: Buffer.concat([SPKI_HEAD, point]), format: 'der', type: 'spki' });
  }

  /** @throws AppError `signer-unavailable`, which may be tried again; `invalid-configuration` when the token has changed under the process */
  sign(bytes: Uint8Array): Promise<Buffer> {
    return this.signBytes(bytes);
  }

  publicKeyPem(): string {
    return this.publicKey.export({ format: 'pem', type: 'spki' }).toString();
  }

  /**
   * Compares with the public key that others know this key by.
   * @throws AppError `invalid-configuration` when they differ, `key-damaged` when the text is no Ed25519 key
   */
  assertIs(publicKeyPem: string, where: string): void {
    if (parsePublicKeyPem(publicKeyPem).equals(this.publicKey)) return;
    throw misconfigured(`the key "${this.keyId}" of the token is not the one whose public half stands in ${where}`);
  }
}

function unavailable(detail: string, cause?: unknown): AppError {
  return new AppError(SIGNER_UNAVAILABLE, detail, { level: 'error', retryable: true, ...(cause === undefined ? {} : { cause }) });
}
