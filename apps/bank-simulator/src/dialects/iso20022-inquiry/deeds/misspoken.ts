import type { RegisterDeed } from '../../../faults/register-deeds.js';
import type { MessageHand } from '../message-hand.js';
import type { Deed } from './deed.js';
import { FORMS } from './forms.js';
import { SIGNATURES } from './signatures.js';
import { WORDS } from './words.js';

const DEEDS: Readonly<Record<RegisterDeed, Deed>> = { ...WORDS, ...FORMS, ...SIGNATURES };

/** The signed answer, as a register with this deed says it. */
export function misspoken(text: string, deed: RegisterDeed | undefined, hand: MessageHand): Buffer {
  const { words, hand: wrongHand, after }: Deed = deed === undefined ? {} : DEEDS[deed];
  const signed = hand.sign(words ? words(text) : text, wrongHand);
  if (!after) return signed;
  const changed = after(signed.toString('utf8'));
  return typeof changed === 'string' ? Buffer.from(changed, 'utf8') : changed;
}
