import { privateNoteSigner, type NoteSigner } from '#merkle';
import type { Sm2Signer } from '#trust';

/** docs/ledger/log-format.md, "Checkpoint": a private type of C2SP signed-note. */
export const SM2_LINE = 'chakong/sm2-sm3/v1';

/** The further signer of a log: SM2 with SM3 over the note's text, under the log's own name. */
export function sm2LineSigner(name: string, key: Sm2Signer): NoteSigner {
  return privateNoteSigner({
    name,
    identifier: SM2_LINE,
    publicKey: key.publicPoint(),
    sign: (text) => key.signNow(text),
    verifies: (text, signature) => key.verifiesNow(text, signature),
  });
}
