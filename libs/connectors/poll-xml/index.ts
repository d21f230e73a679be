export { manifest } from './manifest.js';
export { readConfig, type PollXmlConfig } from './config.js';
export { PollXml } from './connector.js';
export { STATUS_TABLE } from './status-table.js';
export { ACKNOWLEDGED_MAX } from './acknowledge-orders.js';
export { ANSWERS_MAX } from './take-answers.js';
