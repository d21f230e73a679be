import { DeadLetters, RedriveApproved, Redrives, type FactRecorder, type Redrivable } from '#messaging';
import type { Reader } from '#persistence';
import type { BankContext } from '../../bank-context.js';

/** One bank's dead letters, the proposals to drive them again, and what drives them once two persons have agreed. */
export class LettersAgain {
  readonly reader: Reader;
  readonly letters: DeadLetters;
  readonly redrives: Redrives;
  readonly driving: RedriveApproved;
  /** Under which the letters stand. */
  readonly name: string;

  constructor({ database, clock, entropy, log, speaker }: BankContext, inbox: Redrivable, facts: FactRecorder, nudge: () => void) {
    this.name = inbox.name;
    this.reader = database.reader;
    this.letters = new DeadLetters(database, [inbox], facts, clock);
    this.redrives = new Redrives(facts, clock, entropy);
    this.driving = new RedriveApproved({ database, letters: this.letters, clock, log, leader: speaker, nudge });
  }
}
