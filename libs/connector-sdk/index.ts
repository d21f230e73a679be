export * from './bank-profile.js';
export { isOpenAt, opensAt, type ServiceHours } from './service-hours.js';
export * from './manifest.js';
export * from './outcomes.js';
export * from './readings.js';
export * from './ports.js';
export * from './wire-signature.js';
export * from './wire-signatures.js';
export * from './profile-security.js';
export * from './plain-json/members.js';
export * from './token-bucket.js';
export { BREAKER_PAUSE_MS, GuardedPush, type BreakerState } from './guarded-calls.js';
export { writePlainOrder } from './plain-json/order-writer.js';
export { readPlainAnswer, type StatusTable } from './plain-json/answer-reader.js';
export { readPlainNotice } from './plain-json/notice-reader.js';
export { orderNumberHint } from './plain-json/order-number-hint.js';
/** The records of the courts' interface of 2016, which two dialects share. */
export * as courtXml from './court-xml/index.js';
export * from './conformance/index.js';
