import { pino, type Logger } from 'pino';
import type { ErrorLevel, Log, LogFields } from '#kernel';

/** Level names as operators set them. */
export type LogLevel = ErrorLevel | 'debug' | 'silent';

/** Structured JSON lines on standard error, so that standard output stays for people. Never personal data. */
export class JsonLog implements Log {
  private readonly logger: Logger;

  constructor(process: string, level: LogLevel) {
    this.logger = pino({ level, base: { process }, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination(2));
  }

  write(level: ErrorLevel | 'debug', event: string, fields: LogFields = {}): void {
    this.logger[level](fields, event);
  }
}
