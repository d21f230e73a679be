import { readFile } from 'node:fs/promises';
import type { EnvironmentReader } from '#foundation';
import { AppError, errorText } from '#kernel';
import { parseWitnessPolicy, type WitnessPolicy } from '#merkle';
import type { WitnessSettings } from './parts.js';

/** Where the witnesses of a ledger stand, as its process is told. */
export interface WitnessSource {
  /** A C2SP tlog-policy. */
  readonly file: string;
  readonly profile: WitnessSettings['profile'];
}

/** `LEDGER_POLICY` (a file; absent: no witnesses) and `LEDGER_POLICY_PROFILE`, `strict` unless told otherwise. */
export function readWitnessSource(read: EnvironmentReader): WitnessSource | undefined {
  const file = read.text('LEDGER_POLICY');
  const profile = read.oneOf<WitnessSettings['profile']>('LEDGER_POLICY_PROFILE', ['strict', 'lenient'], 'strict');
  return file === undefined ? undefined : { file, profile };
}

/** `LEDGER_SM2`: `on` puts a line of SM2 on each checkpoint, beside the Ed25519 one; `off` unless told otherwise. */
export function readSm2Line(read: EnvironmentReader): boolean {
  return read.oneOf('LEDGER_SM2', ['on', 'off'], 'off') === 'on';
}

/**
 * Reads the agreement. A quorum that the witnesses with an address cannot make up stops the start, because the strict profile would then never
 * publish anything, and the lenient one never what was agreed.
 * @throws AppError `invalid-configuration`
 */
export async function readWitnessSettings({ file, profile }: WitnessSource): Promise<WitnessSettings> {
  try {
    const policy = parseWitnessPolicy(await readFile(file));
    assertReachable(policy);
    return { policy, profile };
  } catch (cause) {
    throw new AppError('invalid-configuration', `LEDGER_POLICY ${file}: ${errorText(cause)}`, { level: 'fatal', cause });
  }
}

function assertReachable(policy: WitnessPolicy): void {
  const asked = policy.witnesses.filter(({ url }) => url !== undefined);
  if (policy.isMet(new Set(asked.map(({ cosigner }) => cosigner.vkey)))) return;
  throw new AppError('invalid', 'its quorum needs witnesses that have no address');
}
