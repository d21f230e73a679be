import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { BankProfile, Effect, FixtureCustomer } from '#connector-sdk';
import { freePortIfZero } from '#foundation';
import { AppError, type RealTime } from '#kernel';

/** The compiled sources, of which this file is one. */
const SCRIPT = fileURLToPath(new URL('../../../bank-simulator/src/main.js', import.meta.url));
const READY_MS_MAX = 60_000;
const STOP_MS_MAX = 10_000;
const LOOK_EVERY_MS = 50;
const TAIL_CHARS_MAX = 4_000;
/** Milliseconds between two looks of a bank that looks by itself. */
const POLL_MS = 40;

/** Where the simulator listens: its panel and plain HTTP, mutual TLS, SFTP, the register of a bank beside the demo's. Which of them a bank uses is for its profile to say. */
export interface SimulatorPorts {
  readonly http: number;
  readonly tls: number;
  readonly sftp: number;
  readonly register: number;
}

export async function freePorts(): Promise<SimulatorPorts> {
  const [http, tls, sftp, register] = [await freePortIfZero(0), await freePortIfZero(0), await freePortIfZero(0), await freePortIfZero(0)];
  return { http, tls, sftp, register };
}

/** The address of a simulated bank in the scheme of its profile's; undefined where the profile has none. */
export function addressOf({ bank, endpoint, xmlSignature }: BankProfile, ports: SimulatorPorts): string | undefined {
  if (endpoint === undefined) return undefined;
  if (xmlSignature) return `https://127.0.0.1:${ports.register}/bank/${bank}`;
  const { protocol } = new URL(endpoint);
  if (protocol === 'sftp:') return `sftp://127.0.0.1:${ports.sftp}`;
  return protocol === 'https:' ? `https://127.0.0.1:${ports.tls}/bank/${bank}` : `http://127.0.0.1:${ports.http}/bank/${bank}`;
}

export interface SimulatorPlace {
  readonly dataDir: string;
  readonly ports: SimulatorPorts;
  readonly bank: string;
  readonly signatures: BankProfile['signatures'];
  /** Whether it is a register, which is none of the simulator's own banks. */
  readonly isRegister: boolean;
  readonly payload?: BankProfile['payload'];
  /** Where the bank finds the court's connector. */
  readonly connector: string;
  /** A token of an administrator. */
  readonly token: string;
  readonly time: RealTime;
}

/** The simulated bank as a process of its own, and its instrument panel. */
export class Simulator {
  private tail = '';

  private constructor(
    private readonly place: SimulatorPlace,
    private readonly child: ChildProcess,
  ) {
    const keep = (chunk: Buffer): void => {
      this.tail = (this.tail + chunk.toString('utf8')).slice(-TAIL_CHARS_MAX);
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    child.on('error', (error) => keep(Buffer.from(error.message)));
  }

  static async start(place: SimulatorPlace): Promise<Simulator> {
    const { dataDir, ports, bank, signatures, payload, isRegister, connector } = place;
    const env = {
      DATA_DIR: dataDir,
      PORT: String(ports.http),
      BANK_TLS_PORT: String(ports.tls),
      SFTP_PORT: String(ports.sftp),
      CHAKONG_DEMO: 'seed',
      CHAKONG_INSTANCE: 'bank-simulator',
      CHAKONG_END_WITH_PARENT: 'on',
      CONNECTOR_URLS: `${bank}=${connector}`,
      SIM_POLL_MS: String(POLL_MS),
      ...(signatures === 'sm2-sm3' ? { SM2_BANKS: bank } : {}),
      ...(isRegister ? { REGISTER_BANK: bank, REGISTER_TLS_PORT: String(ports.register) } : {}),
      ...(payload ? { SM4_BANKS: bank } : {}),
      LOG_LEVEL: 'error',
    };
    const child = spawn(process.execPath, ['--enable-source-maps', SCRIPT], { env, stdio: ['pipe', 'pipe', 'pipe'] });
    const simulator = new Simulator(place, child);
    await simulator.ready();
    return simulator;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.place.ports.http}`;
  }

  async stop(): Promise<void> {
    const { child, place } = this;
    if (this.hasEnded()) return;
    const gone = new Promise<void>((resolve) => void child.once('close', () => resolve()));
    child.kill('SIGTERM');
    const insist = place.time.setRealTimer(STOP_MS_MAX, () => child.kill('SIGKILL'));
    await gone;
    insist.cancel();
  }

  async customers(customers: readonly FixtureCustomer[]): Promise<void> {
    await this.call('PUT', 'customers', customers);
  }

  async faults(faults: object): Promise<void> {
    await this.call('PUT', 'faults', faults);
  }

  async credit(account: string, amount: string): Promise<void> {
    await this.call('POST', `accounts/${account}/credit`, { amount });
  }

  async effects(account: string): Promise<readonly Effect[]> {
    const { items } = (await this.call('GET', 'journal')) as { items: readonly Effect[] };
    return items.filter((row) => row.account === account);
  }

  /** What the core of a manual desk says to an order. */
  async work(order: unknown): Promise<Readonly<Record<string, unknown>>> {
    return (await this.call('POST', 'orders', order)) as Readonly<Record<string, unknown>>;
  }

  private async call(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${this.origin}/sim/${this.place.bank}/${path}`, {
      method,
      headers: { authorization: `Bearer ${this.place.token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok)
      throw new AppError('unavailable', `the simulator answered ${response.status} to ${method} ${path}: ${text.slice(0, 500)}`);
    return JSON.parse(text) as unknown;
  }

  private async ready(): Promise<void> {
    const { time } = this.place;
    const end = time.monotonicMs() + READY_MS_MAX;
    for (;;) {
      if (await this.isReady()) return;
      if (this.hasEnded() || time.monotonicMs() > end) {
        await this.stop();
        throw new AppError('unavailable', `the simulated bank did not start: ${this.tail}`);
      }
      await time.realSleep(LOOK_EVERY_MS);
    }
  }

  private async isReady(): Promise<boolean> {
    try {
      return (await fetch(`${this.origin}/health/ready`)).ok;
    } catch (error) {
      // Nobody listens yet.
      if (error instanceof TypeError) return false;
      throw error;
    }
  }

  private hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }
}
