import kafkajs, { type Kafka, type logCreator, type RetryOptions } from 'kafkajs';
import type { Log, RealTime } from '#kernel';
import { guardRequestQueue } from './request-queue-guard.js';

/** How the broker is reached. */
export interface KafkaOptions {
  /** `host:port` of one or more brokers; the others are learnt from them. */
  readonly brokers: readonly string[];
  /** Shown in the broker's logs and quotas; the app's name. */
  readonly clientId: string;
  /**
   * No other live process has this `clientId`: members of a group that are found under it at the start belonged to this process's
   * predecessor, which was killed, and leave at once instead of at the end of their session.
   */
  readonly isSoleClient?: boolean;
  /** What the names of topics and groups begin with on the broker, where several installations share it; nobody here sees it. */
  readonly topicPrefix?: string;
  /** PEM texts, not paths. `cert` and `key` together, where the broker asks its clients for a certificate. */
  readonly tls?: { readonly ca: string; readonly cert?: string; readonly key?: string };
  readonly time: RealTime;
  readonly log: Log;
}

/** An address that does not answer is given up after this, and the next one tried. */
const CONNECT_MS_MAX = 2_000;
/** A request without an answer is given up after this; joining a group has its own, longer limit. */
export const REQUEST_MS_MAX = 10_000;

/**
 * Every wait between two tries ends within a second, so that a broker that is back is used within three; after about four seconds
 * of tries the client gives up and the caller (relay, reader) starts afresh. The library's own default waits up to 30 s.
 */
export const CLIENT_RETRY: Required<Omit<RetryOptions, 'restartOnFailure'>> = {
  initialRetryTime: 100,
  multiplier: 1.5,
  factor: 0.2,
  maxRetryTime: 1_000,
  retries: 8,
};

/** A kafkajs client with our time-outs, our log, and the guard against its timer loop. */
export function kafkaClient(options: KafkaOptions, retry: RetryOptions = CLIENT_RETRY): Kafka {
  guardRequestQueue();
  const { tls } = options;
  return new kafkajs.Kafka({
    brokers: [...options.brokers],
    clientId: options.clientId,
    ...(tls ? { ssl: { ca: [tls.ca], ...(tls.cert ? { cert: tls.cert } : {}), ...(tls.key ? { key: tls.key } : {}) } } : {}),
    connectionTimeout: CONNECT_MS_MAX,
    requestTimeout: REQUEST_MS_MAX,
    retry,
    logLevel: kafkajs.logLevel.WARN,
    logCreator: logInto(options.log),
  });
}

/** The library calls a lost connection an error and repeats it at every try; what matters of it our readers, writers and relays log themselves. */
function logInto(log: Log): logCreator {
  return () =>
    ({ namespace, log: { message } }) =>
      log.write('debug', 'kafka-client', { part: namespace, message });
}
