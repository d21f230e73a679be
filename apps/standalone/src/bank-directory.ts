import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { parse } from 'yaml';
import { AppError } from '#kernel';
import { parseBankProfile, type BankProfile, type Manifest } from '#connector-sdk';
import { manifest as fileZip } from '#connectors/file-zip';
import { manifest as manualDesk } from '#connectors/manual-desk';
import { manifest as pollXml } from '#connectors/poll-xml';
import { manifest as realtimeJson } from '#connectors/realtime-json';

const PROFILES = fileURLToPath(new URL('../../../deploy/banks/', import.meta.url));

/** What each dialect can do; a profile names one of them. */
const MANIFESTS: Readonly<Record<string, Manifest>> = Object.fromEntries(
  [realtimeJson, pollXml, fileZip, manualDesk].map((each) => [each.dialect, each]),
);

export interface InstalledBank {
  readonly profile: BankProfile;
  readonly manifest: Manifest;
}

/** Reads every profile of `deploy/banks/`. @throws AppError `invalid-configuration` naming the file and its faults */
export async function readBanks(): Promise<readonly InstalledBank[]> {
  const files = (await readdir(PROFILES)).filter((name) => name.endsWith('.yaml')).sort();
  return Promise.all(
    files.map(async (name) => {
      const profile = parseBankProfile(parse(await readFile(join(PROFILES, name), 'utf8')));
      const manifest = MANIFESTS[profile.dialect];
      if (!manifest) throw new AppError('invalid-configuration', `${name}: no dialect ${profile.dialect}`, { level: 'fatal' });
      return { profile, manifest };
    }),
  );
}
