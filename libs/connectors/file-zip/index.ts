export { manifest } from './manifest.js';
export { readConfig, type FileZipConfig } from './config.js';
export { FileZip } from './connector.js';
export { FolderExchange } from './files/folder-exchange.js';
export { STATUS_TABLE } from './status-table.js';
