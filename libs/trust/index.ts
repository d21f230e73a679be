export { ensureRandomSecret, ensureSecretFile, readSecretFile, replaceFile } from './secret-file.js';
export * from './signing-ports.js';
export * from './ed25519-keys.js';
export * from './message-signature.js';
export * from './key-ring.js';
export { openPublicKey, type PublicKey } from './public-keys.js';
export * from './document-seal.js';
export * from './certificate-authority.js';
export { newMessageKey, type MessageCertificateOrder } from './message-certificate.js';
export * from './ssh-key.js';
export { Sm2Signer, Sm2Verifier } from './sm2/sm2-keys.js';
export { ensureSm2KeyPair } from './sm2/sm2-files.js';
export { newSm2PrivateKeyPem } from './sm2/sm2-pem.js';
export { SM2_HERE, type Sm2Work } from './sm2/sm2-work.js';
export { Sm2Threads } from './sm2/sm2-threads.js';
export { isKeyUri, parseKeyUri, type KeyUri } from './pkcs11/key-uri.js';
export { SIGNER_UNAVAILABLE, TokenDevice, TokenSigner, type DeviceSettings } from './pkcs11/token-device.js';
export { PayloadKey, PayloadRecipient } from './payload/payload-keys.js';
export {
  assertSm4Here,
  openPayload,
  PAYLOAD_ENCRYPTION,
  sealPayload,
  type OpenedPayload,
  type PayloadFault,
} from './payload/payload-envelope.js';
export { Sm4Sealing, type PayloadSealing } from './payload/payload-sealing.js';
