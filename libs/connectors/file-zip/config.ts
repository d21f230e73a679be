import type { BankProfile } from '#connector-sdk';

export interface FileZipConfig {
  /** Folder of the exchange; below it `<legalPerson>/{down,up}`. */
  readonly folder: string;
  readonly legalPersons: readonly string[];
}

export function readConfig(profile: BankProfile, folder: string): FileZipConfig {
  return { folder, legalPersons: profile.legalPersons.map(({ code }) => code) };
}
