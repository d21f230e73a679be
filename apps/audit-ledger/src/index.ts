/** What standalone, which composes the apps, takes from this one. */
export { AuditLedgerModule } from './audit-ledger.module.js';
export { LedgerService } from './ledger-service.js';
export { ledgerMigrations } from './ledger-migrations.js';
export type { AuditLedgerParts, LedgerSettings, WitnessSettings } from './parts.js';
export { WitnessCheckpoint } from './use-cases/witness-checkpoint/witness-checkpoint.js';
export { WitnessHeadRows } from './adapters/store/witness-heads.js';
export { witnessMigrations } from './witness-migrations.js';
export type { FactProof, RequestProofs } from './use-cases/prove-entries/prove-request.js';
