export * from './sealed-bytes.js';
export * from './key-encryption-keys.js';
export * from './kek-file.js';
export * from './case-keys.js';
export * from './blind-index.js';
export * from './leaf-privacy.js';
export * from './masks.js';
export * from './blob-store.js';
