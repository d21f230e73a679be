import { randomBytes } from 'node:crypto';
import { AppError, errorText } from '#kernel';
import { Caller } from './caller.js';
import { eventually } from './eventually.js';
import { builtFile, freePort } from './places.js';
import { startProcess, type Ending, type TestProcess } from './process.js';

/** The whole embedded system as one process. */
export const STANDALONE = 'apps/standalone/src/main.js';
const READY_MS_MAX = 60_000;

export interface SystemOptions {
  readonly dataDir: string;
  /** `seed` unless told otherwise: users and banks, no case. */
  readonly demo?: 'play' | 'seed' | 'off';
  /** Compiled entry; by default the sources as they are now are built. */
  readonly entry?: string;
  readonly port?: number;
  readonly password?: string;
  /** Further environment, such as `CHAKONG_FAIL_POINT`. */
  readonly env?: Readonly<Record<string, string>>;
  /** Flags of Node itself, such as `--cpu-prof`. */
  readonly nodeFlags?: readonly string[];
  /** False when the process may die before it is ready. */
  readonly waitUntilReady?: boolean;
}

/** A running system and its users, seen from outside: the process, its HTTP interface and nothing else. */
export class TestSystem {
  private readonly tokens = new Map<string, Promise<string>>();
  private readonly callers = new Map<string, Caller>();

  private constructor(
    readonly origin: string,
    readonly process: TestProcess,
    private readonly password: string,
  ) {}

  /** Starts the built system on a data folder and waits until it serves. Pair it with `stop()`. */
  static async start(options: SystemOptions): Promise<TestSystem> {
    const entry = options.entry ?? (await builtFile(STANDALONE));
    const port = options.port ?? (await freePort());
    const password = options.password ?? DEMO_PASSWORD;
    const [first = entry, ...rest] = [...(options.nodeFlags ?? []), entry];
    const child = startProcess(first, rest, {
      PORT: String(port),
      DATA_DIR: options.dataDir,
      CHAKONG_DEMO: options.demo ?? 'seed',
      CHAKONG_DEMO_PASSWORD: password,
      CHAKONG_FAIL_POINT: '',
      CHAKONG_HOLD_DELIVERY: 'off',
      LOG_LEVEL: 'error',
      ...options.env,
    });
    const system = new TestSystem(`http://127.0.0.1:${port}`, child, password);
    if (options.waitUntilReady === false) return system;
    try {
      await system.ready();
    } catch (error) {
      await child.stop('SIGKILL');
      throw error;
    }
    return system;
  }

  /** Waits until the process says that it is ready; fails at once when it has ended before. */
  async ready(limitMs = READY_MS_MAX): Promise<void> {
    const state = await eventually(async () => {
      if (this.process.ending()) return 'ended' as const;
      const response = await fetch(`${this.origin}/health/ready`, { signal: AbortSignal.timeout(2_000) });
      await response.arrayBuffer();
      return response.status === 200 ? ('ready' as const) : undefined;
    }, limitMs).catch((error: unknown) => {
      throw new AppError('unavailable', `the system did not become ready: ${errorText(error)}\n${this.process.output().slice(-4000)}`);
    });
    if (state === 'ended') {
      throw new AppError(
        'unavailable',
        `the system ended (${JSON.stringify(this.process.ending())}) before it was ready:\n${this.process.output().slice(-4000)}`,
      );
    }
  }

  /** The interface as a demo user; signs in at the first call and keeps the token. */
  as(username: string): Caller {
    let caller = this.callers.get(username);
    if (!caller) {
      caller = new Caller(this.origin, () => this.token(username));
      this.callers.set(username, caller);
    }
    return caller;
  }

  /** The interface without a token. */
  get anonymous(): Caller {
    return new Caller(this.origin, () => Promise.resolve(undefined));
  }

  token(username: string): Promise<string> {
    let token = this.tokens.get(username);
    if (!token) {
      token = this.signIn(username);
      this.tokens.set(username, token);
    }
    return token;
  }

  /** Ends it in order. */
  stop(): Promise<Ending> {
    return this.process.stop();
  }

  /** Ends it as a power cut would. */
  kill(): Promise<Ending> {
    return this.process.stop('SIGKILL');
  }

  private async signIn(username: string): Promise<string> {
    const body = { username, password: this.password };
    const answer = await this.anonymous.send<{ accessToken: string }>('POST', '/api/v1/auth/token', { body, key: null });
    if (answer.status === 200) return answer.body.accessToken;
    throw new AppError('unexpected-answer', `sign-in of ${username}: ${answer.status} ${answer.bytes.toString('utf8')}`);
  }
}

/** Fresh for every run, so that no test relies on one password. */
export const DEMO_PASSWORD = `Test-${randomBytes(9).toString('base64url')}`;
