export * from './bank-profile.js';
export { isOpenAt, opensAt, type ServiceHours } from './service-hours.js';
export * from './manifest.js';
export * from './outcomes.js';
export * from './readings.js';
export * from './ports.js';
export * from './wire-signature.js';
export * from './wire-signatures.js';
export * from './profile-security.js';
export * from './profile-codes.js';
export * from './json-members.js';
export * from './receipt-file.js';
export type { StatusTable } from './status-table.js';
export * from './token-bucket.js';
export { BREAKER_PAUSE_MS, GuardedPush, type BreakerState } from './guarded-calls.js';
/** The records of the courts' interface of 2016, which two dialects share. */
export * as courtXml from './court-xml/index.js';
export * from './conformance/index.js';
