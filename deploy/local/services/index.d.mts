/** Servers that hold state and messages, found or started. */
export interface Services {
  /** The account may create databases and users. */
  readonly databaseUrl: string;
  /** `host:port` of each broker. */
  readonly kafkaBrokers: readonly string[];
  /** Folder of Kafka's jars, where they were needed. */
  readonly jars?: string;
  /** Pids of the servers that were started here, as they are now: `mariadb`, and `kafka` or `kafka-1` to `kafka-3`. */
  readonly pids: Readonly<Record<string, number>>;
  /** Ends a server by SIGKILL; it is started again. @throws Error when none of that name was started here */
  kill(name: string): void;
  /** Ends a server in order and resolves once it accepts connections again. @throws Error as `kill`, and when it does not come up */
  restart(name: string): Promise<void>;
  /** Ends every server that was started here, in order. */
  stop(): Promise<void>;
}

export interface ServiceOptions {
  /** Three are always started on this machine, never in containers. */
  readonly kafkaNodes?: 1 | 3;
  /** Keeps what local servers write, their logs too; servers of one folder find their data again. One run at a time. */
  readonly folder: string;
  readonly log: (line: string) => void;
  /** Called when a server that had ended accepts connections again. */
  readonly onRestart?: () => void;
}

/** A server that is kept running, by name. */
type Named = readonly [name: string, { pid(): number | undefined; kill(): void; restart(): Promise<void>; stop(): Promise<void> }];

export interface Database {
  readonly url: string;
  readonly kept: readonly Named[];
  stop(): Promise<void>;
}

export interface Broker {
  readonly brokers: readonly string[];
  readonly jars?: string;
  readonly kept: readonly Named[];
  stop(): Promise<void>;
}

/** Both servers, or neither. @throws Error that says what is missing and how to get it */
export function startServices(options: ServiceOptions): Promise<Services>;
/** @throws Error as `startServices` */
export function startDatabase(options: ServiceOptions): Promise<Database>;
/** @throws Error as `startServices` */
export function startBroker(options: ServiceOptions): Promise<Broker>;
/** Folder of Kafka's jars, fetched when they are not there, with a Java to run them. @throws Error as `startServices` */
export function ensureKafkaJars(log: (line: string) => void): Promise<string>;
