import { createHmac } from 'node:crypto';
import { SignJWT } from 'jose';
import { TokenVerifier } from '#access';
import { AppError, parseStrictJson, sha256Hex } from '#kernel';
import { addCosignatures, cosignerOf, signatureLine } from '#merkle';
import { parseKeyUri, sshKeyBlob, verifySeal } from '#trust';
import { parsePublicKeyPem } from '../../../libs/trust/ed25519-keys.js';
import { parseDetached } from '../../../libs/trust/message-signature.js';
import { parseEnvelope } from '../../../libs/trust/payload/payload-envelope.js';
import { parseSm2CipherDer, sm2CipherDer } from '../../../libs/trust/payload/sm2-cipher.js';
import { fuzzed, REFUSED, refusedFor } from '../fuzzed-parser.js';
import { file } from '../places.js';
import { MERKLE_NOTE } from './merkle.js';
import { bytes, code, invalid, utf8 } from './refusals.js';

const DOCUMENT = Buffer.from('a document');
const SEAL = {
  format: 'chakong-seal/v1',
  sealedAt: '2026-03-10T03:52:04.000Z',
  sealer: '420106',
  keyId: 'court-1',
  signature: `ed25519:${Buffer.alloc(64, 7).toString('base64url')}`,
};
const JSON_PIECES = ['{', '}', ',', ':', '"', 'null', '"keyId"', '"2026-02-30T00:00:00.000Z"', '\\ud800', 'ed25519:', '=', '0'];
const SSH_KEY = `ssh-ed25519 ${Buffer.concat([Buffer.from('0000000b7373682d6564323535313900000020', 'hex'), Buffer.alloc(32, 3)]).toString('base64')}`;

const base64 = (length: number): string => Buffer.alloc(length, 5).toString('base64');
const ENVELOPE = {
  v: 1,
  enc: 'SM4-CBC+HMAC-SM3',
  kid: 'court-sm2-enc-1',
  key: base64(160),
  iv: base64(16),
  data: base64(64),
  mac: base64(32),
};

const SECRET = Buffer.alloc(32, 9);
const NOW_SECONDS = 1_773_114_723;
const tokens = new TokenVerifier([{ kid: 'k1', secret: SECRET }], { realNow: () => NOW_SECONDS * 1000 });
const CLAIMS = {
  username: 'lixiao',
  name: '李晓',
  roles: ['officer'],
  courtCode: '420106',
  sub: 'u1',
  iss: 'chakong',
  aud: 'chakong-api',
  iat: NOW_SECONDS,
  exp: NOW_SECONDS + 60,
};

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const SIGNED = `${part({ alg: 'HS256', typ: 'at+jwt', kid: 'k1' })}.${part(CLAIMS)}`;
const TOKEN = `${SIGNED}.${createHmac('sha256', SECRET).update(SIGNED).digest('base64url')}`;

const cosigner = cosignerOf('witness.example/1', Buffer.alloc(32, 1));
const NOTE_TEXT = MERKLE_NOTE.toString('utf8').split('\n\n')[0] ?? '';

/** Signatures, seals, keys, tokens, and what witnesses answer. */
export const TRUST = [
  fuzzed({
    name: 'detached-signature',
    samples: () => [bytes(SEAL.signature)],
    pieces: ['ed25519:', 'sm2-sm3:', '=', '-', '_', '+', 'AA', ' '],
    read: (input) => parseDetached(input.toString('latin1')) ?? REFUSED,
    write: ({ algorithm, signature }) => bytes(`${algorithm}:${signature.toString('base64url')}`),
    isCanonical: true,
  }),
  fuzzed({
    name: 'token-key-uri',
    samples: () => [bytes('pkcs11:token=High%20Court;object=court-1;id=%01%02?pin-source=file:/run/pin')],
    pieces: ['pkcs11:', 'token=', 'object=', 'serial=', 'id=', 'pin-source=', 'pin-value=', ';', '?', '&', '%00', '%e6%b3', '=', '/'],
    read: (input) => parseKeyUri(input.toString('latin1')),
    refuses: code('invalid-configuration'),
  }),
  fuzzed({
    name: 'sm2-cipher',
    samples: () => [sm2CipherDer(Buffer.alloc(144, 0x91)), sm2CipherDer(Buffer.alloc(100, 0x11))],
    pieces: ['0\u0081', '\u0002 ', '\u0002!\u0000', '\u0004 ', '\u00040', '\u0080', '\u0000'],
    read: (input) => parseSm2CipherDer(input) ?? REFUSED,
    write: sm2CipherDer,
    isCanonical: true,
  }),
  fuzzed({
    name: 'payload-envelope',
    samples: () => [bytes(JSON.stringify(ENVELOPE))],
    pieces: [...JSON_PIECES, '"v":1', '"enc"', '"kid"', '"data"', '"mac"', 'AAAA', '=='],
    read: (input) => {
      const read = parseEnvelope(input);
      return typeof read === 'string' ? refusedFor(read) : read;
    },
    write: ({ enc, kid, key, iv, data, bytes: { mac } }) =>
      bytes(JSON.stringify({ v: 1, enc, kid, key, iv, data, mac: mac.toString('base64') })),
  }),
  fuzzed({
    // No key is trusted, so the best that a record can be is one of an unknown key: well-formed, and of this document.
    name: 'seal-record',
    samples: () => [bytes(JSON.stringify({ ...SEAL, sha256: sha256Hex(DOCUMENT) }))],
    pieces: JSON_PIECES,
    read: async (input) => {
      const verdict = await verifySeal(parseStrictJson(input), DOCUMENT, () => undefined);
      if (verdict.valid) throw new Error('a seal that nobody made');
      return verdict.fault === 'key-unknown' ? verdict.fault : refusedFor(verdict.fault);
    },
    refuses: invalid,
  }),
  fuzzed({
    name: 'public-key-pem',
    samples: () => [file('docs/dialects/samples/realtime-json/jws/court-sample.pub.pem')],
    pieces: [
      '-----BEGIN PUBLIC KEY-----',
      '-----BEGIN CERTIFICATE-----',
      '-----END PUBLIC KEY-----',
      '\n',
      'MCowBQYDK2VwAyEA',
      '=',
      '\u0000',
    ],
    read: (input) => parsePublicKeyPem(input.toString('latin1')).export({ format: 'pem', type: 'spki' }),
    refuses: code('key-damaged'),
    write: (pem) => Buffer.from(pem),
  }),
  fuzzed({
    name: 'ssh-host-key',
    samples: () => [bytes(SSH_KEY)],
    pieces: ['ssh-ed25519', 'ssh-rsa', ' ', 'AAAA', '=', '\n'],
    read: (input) => sshKeyBlob(utf8(input)),
    refuses: code('key-damaged', 'invalid'),
    write: (blob) => bytes(`ssh-ed25519 ${blob.toString('base64')}`),
  }),
  fuzzed({
    name: 'token',
    samples: () => [bytes(TOKEN)],
    pieces: ['.', '..', 'eyJhbGciOiJub25lIn0', 'e30', 'AA', '=', 'bearer'],
    read: (input) => tokens.verify(input.toString('latin1')),
    // Why is never said, and the library below says it by the engine's classes: there is nothing to tell a defect by.
    refuses: (error) => error instanceof AppError && error.code === 'unauthenticated',
    holds: ({ userId, username, roles, courtCode }) => {
      const same = userId === CLAIMS.sub && username === CLAIMS.username && courtCode === CLAIMS.courtCode && roles.join() === 'officer';
      if (!same) throw new Error('a token that nobody made');
    },
  }),
  fuzzed({
    // The claims as they stand, under a signature that holds: only what is exactly a principal may come out.
    name: 'token-claims',
    samples: () => [bytes(JSON.stringify(CLAIMS))],
    pieces: [...JSON_PIECES, '"roles"', '"admin"', '"exp"', '1e400', '-1', '[', ']'],
    read: async (input) => {
      const claims = parseStrictJson(input);
      if (typeof claims !== 'object' || claims === null || Array.isArray(claims)) return REFUSED;
      const token = new SignJWT({ ...claims }).setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: 'k1' });
      return tokens.verify(await token.sign(SECRET));
    },
    refuses: code('unauthenticated', 'invalid'),
  }),
  fuzzed({
    name: 'cosignature-lines',
    samples: () => [bytes(signatureLine(cosigner.cosign(`${NOTE_TEXT}\n`, NOW_SECONDS)))],
    pieces: ['— ', ' ', '\n', '\n\n', 'witness.example/1', 'AAAA', '=', '+'],
    read: (input) => {
      const { good, note } = addCosignatures(MERKLE_NOTE, utf8(input), [cosigner.cosigner]);
      if (good.length === 0 && !note.equals(MERKLE_NOTE)) throw new Error('a note changed by nobody');
      return good.length === 0 ? REFUSED : good.map(({ line }) => signatureLine(line)).join('');
    },
    refuses: invalid,
    write: bytes,
  }),
];
