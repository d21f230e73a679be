import { existsSync } from 'node:fs';
import { messageFiles, WRONG_HANDS, type WrongHand } from '#foundation';
import { readSecretFile } from '#trust';
import type { BankSetup } from './banks/bank-setup.js';
import { openDoor } from './compose-simulator.js';
import type { MessageKey } from './dialects/iso20022-inquiry/message-hand.js';

const DAY_MS = 86_400_000;
/** The clearing number of a bank that is none of the demo's. */
const BANK_NUMBER = '313521000099';

/**
 * A bank whose register is asked by ISO 20022, with what `ensureBankCertificates` and `ensureSimulatedMessageKeys` have made for it.
 * @throws AppError `key-file-missing`, `key-file-loose`
 */
export async function openRegister(dataDir: string, bank: string, port: number): Promise<BankSetup> {
  const files = messageFiles(dataDir, bank);
  const wrong = new Map<string, MessageKey>();
  for (const hand of WRONG_HANDS) {
    const file = files.wrong('bank', hand);
    if (existsSync(file)) wrong.set(hand, await keyOf(file));
  }
  // The bank knows the court's certificates that are out of time, too: it is for the bank to look at their dates.
  const known: readonly WrongHand[] = ['expired', 'early'];
  const court = [files.court, ...known.map((hand) => files.wrong('court', hand))].filter((file) => existsSync(file));
  const certificates = await Promise.all(court.map(keyOf));
  return {
    bank,
    bankNumbers: [BANK_NUMBER],
    legalPersons: [bank],
    interbankDelayMs: DAY_MS,
    desk: false,
    notices: false,
    wire: {
      dialect: 'iso20022-inquiry',
      door: await openDoor(dataDir, port, bank),
      messages: { ...(await keyOf(files.bankKey)), court: certificates.map(({ certificate }) => certificate), wrong },
    },
  };
}

/** Key and certificate stand in one file. */
async function keyOf(file: string): Promise<MessageKey> {
  const text = (await readSecretFile(file)).toString('utf8');
  return { certificate: text, key: text };
}
