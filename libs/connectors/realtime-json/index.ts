export { manifest } from './manifest.js';
export { readConfig, type RealtimeJsonConfig } from './config.js';
export { RealtimeJson } from './connector.js';
export { STATUS_TABLE } from './status-table.js';
