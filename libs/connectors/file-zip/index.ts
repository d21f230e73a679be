export { manifest } from './manifest.js';
export { readConfig, type FileZipConfig, type SftpKeys } from './config.js';
export { FileZip } from './connector.js';
export { SftpExchange } from './client/sftp-exchange.js';
export { STATUS_TABLE } from './status-table.js';
