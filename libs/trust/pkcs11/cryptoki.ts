import { createRequire } from 'node:module';
import { AppError, errorText } from '#kernel';

/** A handle of the library: a slot, a session or an object. */
export type Handle = Buffer;

export interface Attribute {
  readonly type: number;
  readonly value?: Buffer | string | number | boolean;
}

/** What is used of Cryptoki, as the addon gives it. Each call blocks its thread and throws what it was refused with. */
export interface Cryptoki {
  load(path: string): void;
  close(): void;
  C_Initialize(): void;
  C_Finalize(): void;
  C_GetSlotList(tokenPresent: boolean): Handle[];
  C_GetTokenInfo(slot: Handle): { readonly label: string; readonly serialNumber: string };
  C_OpenSession(slot: Handle, flags: number): Handle;
  C_Login(session: Handle, userType: number, pin: string): void;
  C_FindObjectsInit(session: Handle, template: readonly Attribute[]): void;
  C_FindObjects(session: Handle, max: number): Handle[];
  C_FindObjectsFinal(session: Handle): void;
  C_GetAttributeValue(session: Handle, object: Handle, template: readonly Attribute[]): { readonly value: Buffer }[];
  C_SignInit(session: Handle, mechanism: { readonly mechanism: number }, key: Handle): void;
  C_Sign(session: Handle, bytes: Buffer, signature: Buffer): Buffer;
}

/** Numbers of PKCS #11 3.0. */
export const CKF_SERIAL_SESSION = 4;
export const CKU_USER = 1;
export const CKO_PUBLIC_KEY = 2;
export const CKO_PRIVATE_KEY = 3;
export const CKA_CLASS = 0x0;
export const CKA_LABEL = 0x3;
export const CKA_KEY_TYPE = 0x100;
export const CKA_ID = 0x102;
export const CKA_SENSITIVE = 0x103;
export const CKA_EXTRACTABLE = 0x162;
export const CKA_EC_POINT = 0x181;
export const CKK_EC_EDWARDS = 0x40;
export const CKM_EDDSA = 0x1057;

const CKR_USER_ALREADY_LOGGED_IN = 0x100;
const CKR_CRYPTOKI_ALREADY_INITIALIZED = 0x191;
/** Incorrect, invalid, of wrong length, expired, locked. */
const PIN_REFUSALS = new Set([0xa0, 0xa1, 0xa2, 0xa3, 0xa4]);

const PACKAGE = 'pkcs11js';

/** Loads the optional addon and, by it, a vendor's library. @throws AppError `invalid-configuration` that names what is missing */
export function loadCryptoki(module: string): Cryptoki {
  let addon: { readonly PKCS11: new () => Cryptoki };
  try {
    addon = createRequire(import.meta.url)(PACKAGE) as typeof addon;
  } catch (cause) {
    throw misconfigured(`a key in a token needs the optional package ${PACKAGE}, built with a C++ compiler by npm ci`, cause);
  }
  const cryptoki = new addon.PKCS11();
  try {
    cryptoki.load(module);
  } catch (cause) {
    throw misconfigured(`cannot load the PKCS #11 module ${module}: ${errorText(cause)}`, cause);
  }
  return cryptoki;
}

/** The library is one for the whole process, so another thread may have begun. */
export function initialize(cryptoki: Cryptoki): void {
  unlessRefusedWith(CKR_CRYPTOKI_ALREADY_INITIALIZED, () => cryptoki.C_Initialize());
}

/** A login counts for all sessions of the process with a token. @throws AppError `invalid-configuration` when the PIN is refused */
export function login(cryptoki: Cryptoki, session: Handle, pin: string, token: string): void {
  try {
    unlessRefusedWith(CKR_USER_ALREADY_LOGGED_IN, () => cryptoki.C_Login(session, CKU_USER, pin));
  } catch (cause) {
    if (!PIN_REFUSALS.has(codeOf(cause) ?? 0)) throw cause;
    throw misconfigured(`the token "${token}" refuses the PIN: ${errorText(cause)}`, cause);
  }
}

export function misconfigured(detail: string, cause?: unknown): AppError {
  return new AppError('invalid-configuration', detail, { level: 'fatal', ...(cause === undefined ? {} : { cause }) });
}

function unlessRefusedWith(code: number, call: () => void): void {
  try {
    call();
  } catch (error) {
    if (codeOf(error) !== code) throw error;
  }
}

/** The CKR_ number of what was thrown. */
function codeOf(error: unknown): number | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'number' ? code : undefined;
}
