import { AppError } from '#kernel';
import type { Manifest } from '#connector-sdk';
import { manifest as fileZip } from '#connectors/file-zip';
import { manifest as manualDesk } from '#connectors/manual-desk';
import { manifest as pollXml } from '#connectors/poll-xml';
import { manifest as realtimeJson } from '#connectors/realtime-json';

/** Every dialect that this installation speaks. A new one is added here and in `open-bank.ts`, and nowhere else. */
export const MANIFESTS: readonly Manifest[] = [realtimeJson, pollXml, fileZip, manualDesk];

/** @throws AppError `invalid-configuration` for a dialect that nobody speaks */
export function manifestOf(dialect: string): Manifest {
  const manifest = MANIFESTS.find((one) => one.dialect === dialect);
  if (!manifest) throw new AppError('invalid-configuration', `no connector speaks the dialect ${dialect}`, { level: 'fatal' });
  return manifest;
}
