import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { parse } from 'yaml';
import { AppError } from '#kernel';
import { parseBankProfile, type BankAbilities, type BankProfile, type Manifest } from '#connector-sdk';
import { manifest as fileZip } from '#connectors/file-zip';
import { manifest as iso20022Inquiry } from '#connectors/iso20022-inquiry';
import { manifest as manualDesk } from '#connectors/manual-desk';
import { manifest as pollXml } from '#connectors/poll-xml';
import { manifest as realtimeJson } from '#connectors/realtime-json';

const PROFILES = fileURLToPath(new URL('../../deploy/banks/', import.meta.url));
/** Profiles of one installation; more is a folder that was filled by mistake. */
const PROFILES_MAX = 500;

/** Every dialect that is spoken here. A new one is added here and where the connector opens it, and nowhere else. */
const MANIFESTS: readonly Manifest[] = [realtimeJson, pollXml, fileZip, manualDesk, iso20022Inquiry];

/** A bank's profile together with what its dialect can do. */
export interface InstalledBank {
  readonly profile: BankProfile;
  readonly manifest: Manifest;
}

/** @throws AppError `invalid-configuration` for a dialect that nobody speaks */
export function manifestOf(dialect: string): Manifest {
  const manifest = MANIFESTS.find((one) => one.dialect === dialect);
  if (!manifest) throw new AppError('invalid-configuration', `no connector speaks the dialect ${dialect}`, { level: 'fatal' });
  return manifest;
}

/**
 * Puts the dialect's manifest beside a profile.
 * @throws AppError `invalid-configuration` when the bank is said to do what cannot be said in its dialect, with every such ability in `errors`
 */
export function installedBank(profile: BankProfile): InstalledBank {
  const manifest = manifestOf(profile.dialect);
  const { abilities } = manifest;
  const claimed = Object.entries(profile.abilities).flatMap(([name, isClaimed]) => (isClaimed ? [name as keyof BankAbilities] : []));
  const unsayable = abilities ? claimed.filter((name) => !abilities.includes(name)) : [];
  if (unsayable.length === 0) return { profile, manifest };
  throw new AppError('invalid-configuration', `${profile.bank}: the dialect ${profile.dialect} cannot say ${unsayable.join(', ')}`, {
    level: 'fatal',
    errors: unsayable.map((name) => ({ pointer: `/abilities/${name}`, detail: `cannot be said in ${profile.dialect}` })),
  });
}

/** Reads every profile of `deploy/banks/`. @throws AppError `invalid-configuration` naming the file and its faults */
export async function readBanks(): Promise<readonly InstalledBank[]> {
  const files = (await readdir(PROFILES)).filter((name) => name.endsWith('.yaml')).sort();
  if (files.length > PROFILES_MAX)
    throw new AppError('invalid-configuration', `more than ${PROFILES_MAX} bank profiles`, { level: 'fatal' });
  return Promise.all(
    files.map(async (name) => {
      const profile = parseBankProfile(parse(await readFile(join(PROFILES, name), 'utf8')));
      if (`${profile.bank}.yaml` !== name) {
        throw new AppError('invalid-configuration', `${name} is the profile of ${profile.bank}`, { level: 'fatal' });
      }
      return installedBank(profile);
    }),
  );
}

/** The banks of some codes. @throws AppError `invalid-configuration` for a code without a profile */
export function banksNamed(banks: readonly InstalledBank[], codes: readonly string[]): readonly InstalledBank[] {
  return codes.map((code) => {
    const found = banks.find(({ profile }) => profile.bank === code);
    if (!found) throw new AppError('invalid-configuration', `there is no profile of a bank ${code}`, { level: 'fatal' });
    return found;
  });
}
