export { manifest } from './manifest.js';
export { ManualDesk } from './connector.js';
export { ROLLBACK_CODES } from './rollback.js';
export { STATUS_TABLE } from './status-table.js';
