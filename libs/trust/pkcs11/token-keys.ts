import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import { AppError, errorText } from '#kernel';
import { SIGNATURE_BYTES } from '../signing-ports.js';
import {
  CKA_CLASS,
  CKA_EC_POINT,
  CKA_EXTRACTABLE,
  CKA_ID,
  CKA_KEY_TYPE,
  CKA_LABEL,
  CKA_SENSITIVE,
  CKF_SERIAL_SESSION,
  CKK_EC_EDWARDS,
  CKM_EDDSA,
  CKO_PRIVATE_KEY,
  CKO_PUBLIC_KEY,
  initialize,
  login,
  misconfigured,
  type Cryptoki,
  type Handle,
} from './cryptoki.js';
import type { TokenAnswer, TokenKey, TokenTask } from './token-work.js';

/** A key that is ready to sign. */
interface Opened {
  readonly session: Handle;
  readonly privateKey: Handle;
  readonly point: Buffer;
  readonly publicKey: KeyObject;
}

/** DER of an Ed25519 SPKI up to the 32 bytes (RFC 8410, section 4), and of an OCTET STRING of 32 bytes. */
const SPKI_HEAD = Buffer.from('302a300506032b6570032100', 'hex');
const OCTETS_HEAD = Buffer.from('0420', 'hex');
const POINT_BYTES = 32;
/** One more than there may be. */
const FOUND_MAX = 2;

/**
 * The keys of one vendor's library, used by one thread. Sessions and handles end when a token is taken out, a device restarts or the library is
 * begun anew by another; then, whatever it was refused with, everything is opened once more and the signature tried a second time. A key that
 * comes back with another public half is refused: what was agreed on is the key, not its name.
 */
export class TokenKeys {
  private readonly opened = new Map<string, Opened>();
  private readonly points = new Map<string, Buffer>();
  /** PINs that a token has refused. They are not tried again, because it would lock itself. */
  private readonly refused = new Map<string, AppError>();
  private isBegun = false;

  constructor(private readonly cryptoki: Cryptoki) {}

  /** Never throws. */
  run({ key, bytes }: Pick<TokenTask, 'key' | 'bytes'>): TokenAnswer {
    try {
      const isOpen = this.opened.has(nameOf(key));
      try {
        return { ok: true, bytes: this.work(key, bytes) };
      } catch (error) {
        if (!isOpen || error instanceof AppError) throw error;
        this.beginAgain();
        return { ok: true, bytes: this.work(key, bytes) };
      }
    } catch (error) {
      // What failed half-way is not gone on with, so that the next one finds all of it as after a start.
      if (!(error instanceof AppError)) this.isBegun = false;
      return { ok: false, isConfiguration: error instanceof AppError, detail: errorText(error) };
    }
  }

  private work(key: TokenKey, bytes: Uint8Array | undefined): Buffer {
    if (!this.isBegun) this.beginAgain();
    const opened = this.opened.get(nameOf(key)) ?? this.open(key);
    if (bytes === undefined) return opened.point;
    this.cryptoki.C_SignInit(opened.session, { mechanism: CKM_EDDSA }, opened.privateKey);
    const signature = this.cryptoki.C_Sign(opened.session, Buffer.from(bytes), Buffer.alloc(SIGNATURE_BYTES));
    // A device that signs wrongly would be found by the other side, as a forgery.
    if (!verify(null, bytes, opened.publicKey, signature)) throw new Error('the token has given a signature that does not verify');
    return signature;
  }

  private beginAgain(): void {
    this.opened.clear();
    try {
      this.cryptoki.C_Finalize();
    } catch {
      // It was not begun, or its device is gone: the next call says what matters.
    }
    initialize(this.cryptoki);
    this.isBegun = true;
  }

  private open(key: TokenKey): Opened {
    const refused = this.refused.get(nameOf(key));
    if (refused) throw refused;
    const session = this.cryptoki.C_OpenSession(this.slotOf(key), CKF_SERIAL_SESSION);
    this.login(session, key);
    const privateKey = this.find(session, key, CKO_PRIVATE_KEY);
    this.assertUsable(session, privateKey, key);
    const point = pointOf(this.read(session, this.find(session, key, CKO_PUBLIC_KEY), CKA_EC_POINT), key);
    const known = this.points.get(nameOf(key));
    if (known && !known.equals(point)) throw misconfigured(`the key "${key.object}" of token "${key.token}" is another than at the start`);
    this.points.set(nameOf(key), point);
    const publicKey = createPublicKey({ key: Buffer.concat([SPKI_HEAD, point]), format: 'der', type: 'spki' });
    const opened = { session, privateKey, point, publicKey };
    this.opened.set(nameOf(key), opened);
    return opened;
  }

  private login(session: Handle, key: TokenKey): void {
    try {
      login(this.cryptoki, session, key.pin, key.token);
    } catch (error) {
      if (error instanceof AppError) this.refused.set(nameOf(key), error);
      throw error;
    }
  }

  /** A token that is not there may come back, so this is no fault of the configuration while the process runs. */
  private slotOf({ token, serial }: TokenKey): Handle {
    const slots = this.cryptoki.C_GetSlotList(true).filter((slot) => {
      const info = this.cryptoki.C_GetTokenInfo(slot);
      return info.label.trimEnd() === token && (serial === undefined || info.serialNumber.trimEnd() === serial);
    });
    const [slot] = slots;
    if (!slot) throw new Error(`no token "${token}" is there`);
    if (slots.length > 1) throw misconfigured(`${slots.length} tokens are called "${token}": name the serial too`);
    return slot;
  }

  private find(session: Handle, { token, object, id }: TokenKey, kind: number): Handle {
    const byId = id === undefined ? [] : [{ type: CKA_ID, value: Buffer.from(id, 'hex') }];
    this.cryptoki.C_FindObjectsInit(session, [{ type: CKA_CLASS, value: kind }, { type: CKA_LABEL, value: object }, ...byId]);
    const found = this.cryptoki.C_FindObjects(session, FOUND_MAX);
    this.cryptoki.C_FindObjectsFinal(session);
    const what = `${kind === CKO_PRIVATE_KEY ? 'private' : 'public'} key "${object}"`;
    const [handle] = found;
    if (!handle) throw misconfigured(`the token "${token}" holds no ${what}`);
    if (found.length > 1) throw misconfigured(`the token "${token}" holds more than one ${what}: name the id too`);
    return handle;
  }

  private assertUsable(session: Handle, privateKey: Handle, { token, object }: TokenKey): void {
    const named = `the private key "${object}" of token "${token}"`;
    if (this.read(session, privateKey, CKA_KEY_TYPE).readUIntLE(0, 4) !== CKK_EC_EDWARDS)
      throw misconfigured(`${named} is no Ed25519 key; keys of other kinds, SM2 among them, are not taken from tokens`);
    const [isSensitive, mayLeave] = [CKA_SENSITIVE, CKA_EXTRACTABLE].map((type) => this.read(session, privateKey, type)[0] === 1);
    if (!isSensitive || mayLeave) throw misconfigured(`${named} may be read out of it; it is made sensitive and not extractable`);
  }

  private read(session: Handle, object: Handle, type: number): Buffer {
    return this.cryptoki.C_GetAttributeValue(session, object, [{ type }])[0]?.value ?? Buffer.alloc(0);
  }
}

/** PKCS #11 3.0 wants an OCTET STRING; some tokens give the bare bytes. */
function pointOf(value: Buffer, { token, object }: TokenKey): Buffer {
  const isWrapped = value.length === OCTETS_HEAD.length + POINT_BYTES && value.subarray(0, OCTETS_HEAD.length).equals(OCTETS_HEAD);
  const point = isWrapped ? value.subarray(OCTETS_HEAD.length) : value;
  if (point.length !== POINT_BYTES) throw misconfigured(`the public key "${object}" of token "${token}" is no Ed25519 key`);
  return Buffer.from(point);
}

function nameOf({ token, serial, object, id }: TokenKey): string {
  return JSON.stringify([token, serial, object, id]);
}
