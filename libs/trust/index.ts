export { ensureRandomSecret, ensureSecretFile, readSecretFile, replaceFile } from './secret-file.js';
export * from './signing-ports.js';
export * from './ed25519-keys.js';
export * from './message-signature.js';
export * from './key-ring.js';
export * from './document-seal.js';
export * from './certificate-authority.js';
export * from './ssh-key.js';
