export { readMessage, type InquiryMessage, type MessageName } from './read-message.js';
export { Refusal, type RefusalCode } from './refusal.js';
export type { GoodSignature, SignatureTrust } from './signature.js';
