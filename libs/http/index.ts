export * from './problem.js';
export * from './problem-filter.js';
export * from './server.js';
export * from './validation.js';
export * from './json-log.js';
export * from './operations.js';
export { readTlsFiles, type TlsFiles, type TlsSettings } from './tls.js';
