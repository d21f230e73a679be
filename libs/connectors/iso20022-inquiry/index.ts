export { manifest } from './manifest.js';
export { readMessage, type InquiryMessage, type MessageName } from './read-message.js';
export { Refusal, type RefusalCode } from './refusal.js';
export type { GoodSignature, SignatureTrust } from './signature.js';
export { FileXmlSigner, type XmlSignerPort } from './rsa-signer.js';
export { signRequest } from './sign-request.js';
export { writeRequest } from './write-request.js';
export { readAnswer } from './read-answer.js';
