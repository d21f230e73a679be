/** Servers that hold state and messages, found or started. */
export interface Services {
  /** The account may create databases and users. */
  readonly databaseUrl: string;
  readonly kafkaBrokers: readonly string[];
  /** Folder of Kafka's jars, where they were needed. */
  readonly jars?: string;
  /** Pids of the servers that were started here, as they are now. */
  readonly pids: Readonly<Record<string, number>>;
  /** Ends a server by SIGKILL; it is started again. */
  kill(name: string): void;
  stop(): Promise<void>;
}

export interface ServiceOptions {
  readonly kafkaNodes?: 1 | 3;
  /** Keeps what local servers write; servers of one folder find their data again. */
  readonly folder: string;
  readonly log: (line: string) => void;
  /** Called when a server that had ended accepts connections again. */
  readonly onRestart?: () => void;
}

/** @throws Error that says what is missing and how to get it */
export function startServices(options: ServiceOptions): Promise<Services>;
