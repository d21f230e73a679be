export * from './answer.js';
export * from './reading.js';
export * from './freeze.js';
export * from './release.js';
export * from './deduct.js';
export * from './notices.js';
export * from './inquiry.js';
export * from './entry.js';
