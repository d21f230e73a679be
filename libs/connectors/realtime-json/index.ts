export { manifest } from './manifest.js';
export { readConfig, type RealtimeJsonConfig } from './config.js';
export { RealtimeJson } from './connector.js';
export { CourtSignatures, type CourtSignaturesParts, type SeenSignatures } from './signatures.js';
export { STATUS_TABLE } from './status-table.js';
export { COURT_AUDIENCE, JWS_HEADER, type JwsClaims } from './jws/header.js';
export { signJws } from './jws/sign.js';
export { JWS_SKEW_MS } from './jws/verify.js';
