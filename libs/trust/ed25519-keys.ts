import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { AppError, sha256Hex, type Entropy } from '#kernel';
import { ensureSecretFile, readSecretFile, replaceFile } from './secret-file.js';
import { SIGNATURE_BYTES, type SignerPort, type VerifierPort } from './signing-ports.js';

const SEED_BYTES = 32;
/** The DER of a PKCS #8 Ed25519 private key up to its 32-byte seed (RFC 8410, section 7). */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Makes a private key from our source of randomness, so that a simulation makes the same keys again. PKCS #8 PEM. */
export function newPrivateKeyPem(entropy: Entropy): string {
  const der = Buffer.concat([PKCS8_HEAD, entropy.bytes(SEED_BYTES)]);
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }).export({ format: 'pem', type: 'pkcs8' }).toString();
}

/** The default key id: the first 16 hex digits of SHA-256 over the SPKI bytes. */
export function fingerprintOf(publicKey: KeyObject): string {
  return sha256Hex(publicKey.export({ format: 'der', type: 'spki' })).slice(0, 16);
}

/** The 32 bytes of an Ed25519 public key, as signed notes and JWKs carry them. */
export function rawPublicKey(publicKey: KeyObject): Buffer {
  const { x } = publicKey.export({ format: 'jwk' });
  if (x === undefined) throw new AppError('key-damaged', 'not an Ed25519 public key', { level: 'fatal' });
  return Buffer.from(x, 'base64url');
}

/** @throws AppError `key-damaged` when the PEM holds no Ed25519 public key */
export function parsePublicKeyPem(pem: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch (cause) {
    throw new AppError('key-damaged', 'not a public key in PEM form', { level: 'error', cause });
  }
  if (key.asymmetricKeyType !== 'ed25519') throw new AppError('key-damaged', 'not an Ed25519 key', { level: 'error' });
  return key;
}

/** A private key held in memory. It knows its public half, so that whoever starts it can publish that. */
export class Ed25519Signer implements SignerPort {
  readonly algorithm = 'ed25519';
  readonly keyId: string;
  readonly publicKey: KeyObject;
  private readonly privateKey: KeyObject;

  /** @throws AppError `key-damaged` */
  constructor(privateKeyPem: string | Buffer, keyId?: string) {
    try {
      this.privateKey = createPrivateKey(privateKeyPem);
    } catch (cause) {
      throw new AppError('key-damaged', 'not a private key in PKCS #8 PEM form', { level: 'fatal', cause });
    }
    if (this.privateKey.asymmetricKeyType !== 'ed25519') throw new AppError('key-damaged', 'not an Ed25519 key', { level: 'fatal' });
    this.publicKey = createPublicKey(this.privateKey);
    this.keyId = keyId ?? fingerprintOf(this.publicKey);
  }

  sign(bytes: Uint8Array): Promise<Buffer> {
    return Promise.resolve(this.signNow(bytes));
  }

  /** The same without a promise, for code that holds a file key and must not wait. */
  signNow(bytes: Uint8Array): Buffer {
    return sign(null, bytes, this.privateKey);
  }

  publicKeyPem(): string {
    return this.publicKey.export({ format: 'pem', type: 'spki' }).toString();
  }
}

export class Ed25519Verifier implements VerifierPort {
  readonly algorithm = 'ed25519';
  readonly keyId: string;
  readonly publicKey: KeyObject;

  /** @throws AppError `key-damaged` */
  constructor(publicKeyPem: string, keyId?: string) {
    this.publicKey = parsePublicKeyPem(publicKeyPem);
    this.keyId = keyId ?? fingerprintOf(this.publicKey);
  }

  publicKeyPem(): string {
    return this.publicKey.export({ format: 'pem', type: 'spki' }).toString();
  }

  verify(bytes: Uint8Array, signature: Uint8Array): Promise<boolean> {
    return Promise.resolve(signature.length === SIGNATURE_BYTES && verify(null, bytes, this.publicKey, signature));
  }
}

/** Opens a private key file. @throws AppError `key-file-missing`, `key-file-loose`, `key-damaged` */
export async function openSigner(path: string, keyId?: string): Promise<Ed25519Signer> {
  return new Ed25519Signer(await readSecretFile(path), keyId);
}

/** Where the public half of a key file lies: `bank.pem` → `bank.pub.pem`. */
export function publicKeyPathOf(path: string): string {
  return path.endsWith('.pem') ? `${path.slice(0, -4)}.pub.pem` : `${path}.pub.pem`;
}

/**
 * The key pair at `path`, made first when there is none: private PKCS #8 PEM of mode 0600 and public SPKI PEM beside it.
 * Safe when several processes start at once: one private key wins, and the public file is always derived from the winner.
 */
export async function ensureKeyPair(path: string, entropy: Entropy, keyId?: string): Promise<Ed25519Signer> {
  const pem = await ensureSecretFile(path, entropy, () => Buffer.from(newPrivateKeyPem(entropy), 'utf8'));
  const signer = new Ed25519Signer(pem, keyId);
  await replaceFile(publicKeyPathOf(path), signer.publicKeyPem(), 0o644, entropy);
  return signer;
}
