import type { OrderDispatched } from '#contracts';
import {
  courtXml,
  type AnswerReading,
  type DialectCodes,
  type PullCall,
  type PullConnector,
  type PullContent,
  type PullOperation,
  type PullReply,
  type SignIn,
} from '#connector-sdk';
import { CODES } from './config.js';
import { assertKnown, UNKNOWN_BYTES_MAX } from './peek-sign-in.js';
import { readCall } from './read-call.js';
import { CODING, readContent } from './read-content.js';
import { writeFault, writeReply } from './write-reply.js';
import { writeWsdl } from './wsdl.js';

/** docs/dialects/poll-xml.md: the web service that a bank polls. */
export class PollXml implements PullConnector {
  constructor(private readonly codes: DialectCodes = CODES) {}

  writeOrder(order: OrderDispatched): Buffer {
    return courtXml.writeCourtOrder(order, CODING);
  }

  readAnswer(bytes: Buffer, order: OrderDispatched): AnswerReading {
    return courtXml.readCourtFeedback(bytes, order, CODING, this.codes);
  }

  readCall(bytes: Buffer, assertSignedIn: SignIn): PullCall {
    if (bytes.length > UNKNOWN_BYTES_MAX) assertKnown(bytes, assertSignedIn);
    return readCall(bytes);
  }

  readContent(call: PullCall): PullContent {
    return readContent(call);
  }

  writeReply(operation: PullOperation, reply: PullReply): Buffer {
    return writeReply(operation, reply);
  }

  writeFault(code: string, detail: string): Buffer {
    return writeFault(code, detail, !SERVER_CODES.has(code));
  }

  describe(address: string): Buffer {
    return writeWsdl(address);
  }
}

/** What is not the caller's fault, and may go well when it is tried again. */
const SERVER_CODES: ReadonlySet<string> = new Set([
  'internal',
  'unavailable',
  'store-unavailable',
  'write-conflict',
  'lease-lost',
  'bus-closed',
  'bus-full',
]);
