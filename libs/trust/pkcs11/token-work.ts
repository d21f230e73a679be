/** A key as its thread is told of it. */
export interface TokenKey {
  readonly token: string;
  readonly serial?: string;
  readonly object: string;
  /** CKA_ID, hexadecimal. */
  readonly id?: string;
  readonly pin: string;
}

/** To sign `bytes` with a key; without bytes, to open it and say its public half. */
export interface TokenTask {
  /** Path of the vendor's library. */
  readonly module: string;
  readonly key: TokenKey;
  readonly bytes?: Uint8Array;
}

/** A signature of 64 bytes, or a public key of 32; or why not, for errors lose their class on the way between threads. */
export type TokenAnswer =
  { readonly ok: true; readonly bytes: Uint8Array } | { readonly ok: false; readonly isConfiguration: boolean; readonly detail: string };
