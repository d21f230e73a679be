export * from './problem.js';
export * from './problem-filter.js';
export * from './server.js';
export * from './validation.js';
export * from './json-log.js';
export * from './operations.js';
export {
  BODY_BYTES_IN_FLIGHT_MAX,
  CALLS_IN_FLIGHT_MAX,
  limitCalls,
  SIGN_INS_IN_FLIGHT_MAX,
  stayOpen,
  type CallLimits,
} from './call-limits.js';
export * from './trace-calls.js';
export { readTlsFiles, type TlsFiles, type TlsSettings } from './tls.js';
export { describeApi, mountOpenApi } from './openapi.js';
export { Reads, WritesOnce, type RouteDoc } from './documented.js';
export * from './fields.js';
export * from './pagination.js';
export * from './token-guard.js';
export * from './once-writes.js';
export * from './dead-letter-door.js';
