export { manifest } from './manifest.js';
export { readConfig, type PollXmlConfig } from './config.js';
export { PollXml } from './connector.js';
export { STATUS_TABLE } from './status-table.js';
export { ANSWERS_MAX, RECEIPTS_MAX } from './read-content.js';
