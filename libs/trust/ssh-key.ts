import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { AppError } from '#kernel';
import { rawPublicKey } from './ed25519-keys.js';

/** The one kind of key that our file exchange speaks. */
const KEY_TYPE = 'ssh-ed25519';
const MAGIC = Buffer.from('openssh-key-v1\0', 'latin1');
const BLOCK_BYTES = 8;

/**
 * An Ed25519 key file of ours in the form that SSH programs take (`openssh-key-v1`, unencrypted). The check number, which elsewhere is
 * random, is zero: it only tells a wrong pass phrase from a right one, and so the same key always gives the same text.
 * @throws AppError `key-damaged`
 */
export function sshPrivateKey(pkcs8Pem: string | Buffer): string {
  const key = openPrivate(pkcs8Pem);
  const publicBytes = rawPublicKey(createPublicKey(key));
  const { d } = key.export({ format: 'jwk' });
  const seed = Buffer.from(d ?? '', 'base64url');
  const pair = [field(KEY_TYPE), field(publicBytes), field(Buffer.concat([seed, publicBytes])), field('')];
  const body = Buffer.concat([Buffer.alloc(8), ...pair]);
  const padding = Buffer.from(Array.from({ length: (BLOCK_BYTES - (body.length % BLOCK_BYTES)) % BLOCK_BYTES }, (_, i) => i + 1));
  const sealed = field(Buffer.concat([body, padding]));
  const whole = Buffer.concat([MAGIC, field('none'), field('none'), field(''), number(1), field(publicBlob(publicBytes)), sealed]);
  const lines = whole.toString('base64').match(/.{1,70}/g) ?? [];
  return ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join('\n');
}

/** The public half as one line of `known_hosts` or `authorized_keys` without host and comment: `ssh-ed25519 AAAA…`. */
export function sshPublicKey(publicKey: KeyObject): string {
  return `${KEY_TYPE} ${publicBlob(rawPublicKey(publicKey)).toString('base64')}`;
}

/** The bytes that an SSH handshake carries for the line of a key. @throws AppError `key-damaged` when it is no Ed25519 key */
export function sshKeyBlob(line: string): Buffer {
  const [type, base64 = ''] = line.trim().split(/\s+/);
  const blob = Buffer.from(base64, 'base64');
  const rightHead = blob.subarray(0, KEY_TYPE.length + 4).equals(field(KEY_TYPE));
  if (type === KEY_TYPE && rightHead && blob.length === KEY_TYPE.length + 4 + 4 + 32) return blob;
  throw new AppError('key-damaged', `not a line "${KEY_TYPE} …"`, { level: 'fatal' });
}

function openPrivate(pem: string | Buffer): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch (cause) {
    throw new AppError('key-damaged', 'not a private key in PKCS #8 PEM form', { level: 'fatal', cause });
  }
  if (key.asymmetricKeyType !== 'ed25519') throw new AppError('key-damaged', 'not an Ed25519 key', { level: 'fatal' });
  return key;
}

function publicBlob(publicBytes: Buffer): Buffer {
  return Buffer.concat([field(KEY_TYPE), field(publicBytes)]);
}

function field(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([number(bytes.length), bytes]);
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
