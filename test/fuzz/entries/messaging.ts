import { messageOfRecord, recordOf, UNREADABLE_TYPE } from '../../../libs/messaging/kafka/wire.js';
import { fuzzed, REFUSED } from '../fuzzed-parser.js';
import { bytes } from './refusals.js';

const SEPARATOR = 0;
const NO_TIME = '0';

/** A record as one run of bytes: key, then names and values of headers in turn, then the body, with a zero byte between each two. */
const sample = (...parts: readonly string[]): Buffer => bytes(parts.join('\0'));

/** Records of the broker: whoever may write to a topic may write any headers. */
export const MESSAGING = [
  fuzzed({
    name: 'kafka-record',
    samples: () => [
      sample('鄂0106执1号', 'id', '019f', 'type', 'order.dispatched.v1', 'at', '1772000000000', 'traceparent', '00-ab-cd-01', '{"seq":1}'),
      sample('', 'id', 'a', 'type', 'b', 'at', '0', ''),
    ],
    pieces: [
      '\0',
      'id\0',
      'type\0',
      'at\0',
      '-0',
      '1e3',
      ' 1',
      '0x1',
      '9007199254740993',
      '__proto__\0x\0',
      'toString\0x\0',
      'constructor\0',
    ],
    read: (input) => {
      const [key, headers, value] = recordIn(input);
      const record = { key, value, headers, offset: '7', timestamp: NO_TIME, attributes: 0 };
      const message = messageOfRecord('orders.v1', 3, record);
      return message.type === UNREADABLE_TYPE ? REFUSED : message;
    },
    write: ({ key, ...message }) => {
      const { headers = {}, value } = recordOf({ ...message, key });
      const named = Object.entries(headers).flatMap(([name, text]) => [bytes(name), bytes(String(text))]);
      return Buffer.concat([bytes(key), ...named, value].flatMap((part) => [Buffer.of(SEPARATOR), part])).subarray(1);
    },
  }),
];

function recordIn(input: Buffer): [key: Buffer, headers: Record<string, Buffer>, value: Buffer] {
  const parts: Buffer[] = [];
  for (let from = 0; from <= input.length;) {
    const to = input.indexOf(SEPARATOR, from);
    parts.push(input.subarray(from, to < 0 ? undefined : to));
    from = to < 0 ? input.length + 1 : to + 1;
  }
  const [key = Buffer.alloc(0), ...rest] = parts;
  const value = rest.length % 2 === 1 ? rest.pop() : undefined;
  const headers: [string, Buffer][] = [];
  for (let i = 0; i + 1 < rest.length; i += 2) headers.push([String(rest[i]), rest[i + 1] ?? Buffer.alloc(0)]);
  return [key, Object.fromEntries(headers), value ?? Buffer.alloc(0)];
}
