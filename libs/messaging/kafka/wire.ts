import { isUtf8 } from 'node:buffer';
import type { IHeaders, KafkaMessage, Message as KafkaRecord } from 'kafkajs';
import { AppError } from '#kernel';
import type { Message } from '../bus.js';

/** Header names that the bus keeps for itself; a message's own headers, such as `traceparent`, travel under their own names. */
const RESERVED = ['id', 'type', 'at'] as const;
/** Milliseconds as `String` writes them. */
const TIME_HEADER = /^(0|-?[1-9]\d{0,15})$/;
/** What a record costs on the wire beside key, headers and value; generous. */
const RECORD_OVERHEAD_BYTES = 128;

/** Type of a record that no message of ours was in. Nobody handles it, so it ends as a dead letter: never passed over in silence. */
export const UNREADABLE_TYPE = 'unreadable.v1';

/** A record on its way. `partition` is chosen once, at the first try, and kept over all of them. */
export interface Outgoing extends KafkaRecord {
  readonly value: Buffer;
  chosen?: number;
}

/** @throws AppError `invariant-broken` when a header of the message bears a reserved name */
export function recordOf(message: Message): Outgoing {
  const reserved = RESERVED.find((name) => name in message.headers);
  if (reserved !== undefined) throw new AppError('invariant-broken', `${message.type} has a header ${reserved}`, { level: 'fatal' });
  return {
    key: message.key,
    value: message.body,
    headers: { ...message.headers, id: message.id, type: message.type, at: String(message.at) },
  };
}

export function bytesOf(message: Message): number {
  let headers = 0;
  for (const [name, value] of Object.entries(message.headers)) headers += name.length + Buffer.byteLength(value);
  return message.body.length + Buffer.byteLength(message.key) + headers + RECORD_OVERHEAD_BYTES;
}

/**
 * A record without id, type or time as `recordOf` writes them is of the type `UNREADABLE_TYPE`, with its place for an id. Bytes that are no
 * UTF-8 count as absent: a lossy reading would give two messages one id, and the second would be passed over as a repetition.
 */
export function messageOfRecord(topic: string, partition: number, record: KafkaMessage): Message {
  const { id, type, at, ...headers } = textHeaders(record.headers ?? {});
  const key = record.key?.toString('utf8') ?? '';
  const body = record.value ?? Buffer.alloc(0);
  const instant = at !== undefined && TIME_HEADER.test(at) ? Number(at) : NaN;
  if (id === undefined || type === undefined || !Number.isSafeInteger(instant)) {
    const place = `${topic}/${partition}/${record.offset}`;
    return { id: place, topic, key, type: UNREADABLE_TYPE, at: Number(record.timestamp), headers, body };
  }
  return { id, topic, key, type, at: instant, headers, body };
}

function textHeaders(headers: IHeaders): Record<string, string> {
  const texts: [string, string][] = [];
  for (const [name, value] of Object.entries(headers)) {
    const first = Array.isArray(value) ? value[0] : value;
    if (typeof first === 'string') texts.push([name, first]);
    else if (first !== undefined && isUtf8(first)) texts.push([name, first.toString('utf8')]);
  }
  return Object.fromEntries(texts);
}
