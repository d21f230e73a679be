import type { Admin, Kafka } from 'kafkajs';
import { errorText, type Log } from '#kernel';
import { CLIENT_RETRY } from './client.js';

/**
 * One administrative connection, made when it is first needed and given up at the first error: kafkajs remembers every topic it was asked
 * about, and one that has been deleted since would spoil all later questions.
 */
export class AdminClient {
  private connected: Promise<Admin> | undefined;

  constructor(
    private readonly kafka: Kafka,
    private readonly log: Log,
  ) {}

  async use<T>(work: (admin: Admin) => Promise<T>): Promise<T> {
    this.connected ??= this.connect();
    const { connected } = this;
    try {
      return await work(await connected);
    } catch (error) {
      await this.drop(connected);
      throw error;
    }
  }

  async close(): Promise<void> {
    if (this.connected) await this.drop(this.connected);
  }

  private async connect(): Promise<Admin> {
    const admin = this.kafka.admin({ retry: CLIENT_RETRY });
    try {
      await admin.connect();
    } catch (error) {
      await admin.disconnect();
      throw error;
    }
    return admin;
  }

  private async drop(connected: Promise<Admin>): Promise<void> {
    if (this.connected === connected) this.connected = undefined;
    try {
      await (await connected).disconnect();
    } catch (error) {
      this.log.write('info', 'kafka-disconnect-failed', { reason: errorText(error) });
    }
  }
}
