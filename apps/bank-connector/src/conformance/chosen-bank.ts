import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { banksNamed, manifestOf, readBanks, type InstalledBank } from '#bank-directory';
import { parseBankProfile } from '#connector-sdk';

const FILE = /\.ya?ml$/;

/** A bank by the code of its profile, or by the path of one that is not installed yet. @throws AppError `invalid-configuration` */
export async function chosenBank(named: string): Promise<InstalledBank | undefined> {
  if (!FILE.test(named)) return banksNamed(await readBanks(), [named])[0];
  const profile = parseBankProfile(parse(await readFile(named, 'utf8')));
  return { profile, manifest: manifestOf(profile.dialect) };
}
