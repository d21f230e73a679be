import { checkpointText, newSignerKey, noteVerifierOf, parseSignerKey, signNote, type NoteSigner, type NoteVerifier } from '#merkle';
import { parsePublicKeyPem, rawPublicKey, type SigningKey } from '#trust';

/** What signs the logs of all years: 32 secret bytes, the seed of an Ed25519 key, or such a key in a device. */
export type LogKey = Buffer | SigningKey;

/** The signer of one log, and its public half. */
export interface LogSigner {
  /** Origin of the log. */
  readonly name: string;
  readonly verifier: NoteVerifier;
  /** Keys that only add a line of theirs, after its own. */
  readonly further: readonly NoteVerifier[];
  /** A signed checkpoint. @throws AppError of the device, when it does not answer: nothing has happened then */
  sign(size: number, root: Uint8Array): Promise<Buffer>;
}

/** A year's log has a name of its own, and so a key id of its own; the key behind it is the same. */
export function logSignerOf(name: string, key: LogKey, adding: readonly NoteSigner[] = []): LogSigner {
  const further = adding.map(({ verifier }) => verifier);
  if (key instanceof Uint8Array) {
    const signer = parseSignerKey(newSignerKey(name, key));
    const sign = (size: number, root: Uint8Array): Promise<Buffer> =>
      Promise.resolve(signNote(checkpointText(name, size, root), [signer, ...adding]));
    return { name, verifier: signer.verifier, further, sign };
  }
  const verifier = noteVerifierOf(name, rawPublicKey(parsePublicKeyPem(key.publicKeyPem())));
  const sign = async (size: number, root: Uint8Array): Promise<Buffer> => {
    const text = checkpointText(name, size, root);
    const own = { name, keyId: verifier.keyId, signature: await key.sign(Buffer.from(text, 'utf8')) };
    const rest = adding.map((each) => ({ name, keyId: each.keyId, signature: each.sign(Buffer.from(text, 'utf8')) }));
    return signNote(text, [], [own, ...rest]);
  };
  return { name, verifier, further, sign };
}
