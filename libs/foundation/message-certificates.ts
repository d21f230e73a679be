import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Entropy, RealTime } from '#kernel';
import { newMessageKey, replaceFile } from '#trust';
import { bankKeyFolder } from './bank-keys.js';

const DAY_MS = 86_400_000;
const DAYS = 397;
/** A certificate counts a little before it was made, for clocks that are behind. */
const EARLY_MS = 3_600_000;
/** Shorter than any that may sign. */
const WEAK_BITS = 1024;

/** Hands that must not be believed, or not any more. */
export const WRONG_HANDS = ['stranger', 'expired', 'early', 'weak'] as const;
export type WrongHand = (typeof WRONG_HANDS)[number];

/** The files of one bank's messages of XML, in the banks' key folder. */
export interface MessageFiles {
  /** What the bank signs with, as the court knows it. */
  readonly bank: string;
  /** The same with its key, for a simulated bank. */
  readonly bankKey: string;
  /** What the court signs with: key and certificate. */
  readonly court: string;
  /** Key and certificate of somebody who signs in the place of one of them. */
  readonly wrong: (side: 'bank' | 'court', hand: WrongHand) => string;
}

export function messageFiles(dataDir: string, bank: string): MessageFiles {
  const file = (name: string): string => join(bankKeyFolder(dataDir), `${bank}-${name}.pem`);
  return {
    bank: file('messages'),
    bankKey: file('messages.key'),
    court: file('court-messages'),
    wrong: (side, hand) => file(`${side === 'bank' ? '' : 'court-'}messages-${hand}`),
  };
}

export interface MessageMakers {
  readonly time: RealTime;
  readonly entropy: Entropy;
}

/** Makes what the court signs its messages to a bank with, unless it is there. */
export async function ensureCourtMessageKey(dataDir: string, bank: string, makers: MessageMakers): Promise<void> {
  await ensure(messageFiles(dataDir, bank).court, 'court', makers);
}

/** Makes what a simulated bank signs with, and the hands by which both sides may be tried. A real bank's certificate is never touched. */
export async function ensureSimulatedMessageKeys(dataDir: string, bank: string, makers: MessageMakers): Promise<void> {
  const files = messageFiles(dataDir, bank);
  if (!existsSync(files.bank)) {
    const cert = await ensure(files.bankKey, bank, makers);
    if (cert !== undefined) await replaceFile(files.bank, cert, 0o644, makers.entropy);
  }
  for (const hand of WRONG_HANDS) {
    await ensure(files.wrong('bank', hand), bank, makers, hand);
    await ensure(files.wrong('court', hand), 'court', makers, hand);
  }
}

/** @returns the certificate where it was made */
async function ensure(file: string, name: string, { time, entropy }: MessageMakers, hand?: WrongHand): Promise<string | undefined> {
  if (existsSync(file)) return undefined;
  const now = time.realNow();
  const from = hand === 'expired' ? now - DAYS * DAY_MS : hand === 'early' ? now + DAY_MS : now - EARLY_MS;
  const to = hand === 'expired' ? now - DAY_MS : now + DAYS * DAY_MS;
  const { cert, key } = await newMessageKey({ name, from, to, ...(hand === 'weak' ? { bits: WEAK_BITS } : {}) }, entropy);
  await replaceFile(file, `${key}${cert}`, 0o600, entropy);
  return cert;
}
