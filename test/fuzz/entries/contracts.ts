import { contracts, decodeBody, encodeBody, type MessageType } from '#contracts';
import { fuzzed } from '../fuzzed-parser.js';
import { file } from '../places.js';
import { code } from './refusals.js';

const PIECES = ['{', '}', '[', ']', ',', ':', '"', '""', 'null', '"seq"', '"amount"', '1e400', '-1', '\\ud800', '"CNY"', '__proto__'];

/** Bodies of messages between processes. */
export const CONTRACTS = (Object.keys(contracts) as MessageType[]).map((type) =>
  fuzzed({
    name: `message-${type}`,
    samples: () => [file(`libs/contracts/examples/${type}.json`)],
    pieces: PIECES,
    read: (input) => decodeBody(type, input),
    refuses: code('invalid', 'contract-broken'),
    write: (body) => encodeBody(type, body),
  }),
);
