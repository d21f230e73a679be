import { createHash, randomBytes } from 'node:crypto';
import { AppError, errorText, silentLog, SystemClock } from '#kernel';
import { removeTopics } from '#messaging';
import { Caller } from './caller.js';
import { dropInstallation } from './databases.js';
import { eventually } from './eventually.js';
import { builtFile, freePort } from './places.js';
import { startProcess, type Ending, type TestProcess } from './process.js';

/** The whole embedded system as one process. */
export const STANDALONE = 'apps/standalone/src/main.js';
/** The distributed profile as processes of one machine, behind one entrance. */
export const CLUSTER = 'deploy/local/cluster/main.js';
const READY_MS_MAX = 60_000;
const CLUSTER_READY_MS_MAX = 180_000;

/** Which of the two the system under test is; the runner sets it for a whole tier. */
export type Profile = 'embedded' | 'distributed';

export function testProfile(): Profile {
  return process.env['CHAKONG_TEST_PROFILE'] === 'distributed' ? 'distributed' : 'embedded';
}

export interface SystemOptions {
  readonly dataDir: string;
  /** Left out: what `testProfile()` says. */
  readonly profile?: Profile;
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
    readonly profile: Profile,
  ) {}

  /** Starts the built system on a data folder and waits until it serves. Pair it with `stop()`. */
  static async start(options: SystemOptions): Promise<TestSystem> {
    const profile = options.profile ?? testProfile();
    const entry = options.entry ?? (await builtFile(profile === 'distributed' ? CLUSTER : STANDALONE));
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
      ...(profile === 'distributed' ? serversOf(options.dataDir) : {}),
      ...options.env,
    });
    const system = new TestSystem(`http://127.0.0.1:${port}`, child, password, profile);
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
    if (this.profile === 'distributed') {
      await this.process.waitForLine(/^ready (\{.*\})$/m, CLUSTER_READY_MS_MAX);
      return;
    }
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
      token = this.signIn(username).catch((error: unknown) => {
        // A gateway that dies meanwhile fails this sign-in, not every later one.
        this.tokens.delete(username);
        throw error;
      });
      this.tokens.set(username, token);
    }
    return token;
  }

  /** Forgets the tokens, which last an hour: for runs that last longer. */
  signInAgain(): void {
    this.tokens.clear();
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

/**
 * The servers that the runner has found, with names that belong to one data folder alone: a system that is started again on the same
 * folder finds its databases and topics, and no other does.
 */
function serversOf(dataDir: string): Readonly<Record<string, string>> {
  const url = process.env['CHAKONG_TEST_DATABASE_URL'];
  const brokers = process.env['CHAKONG_TEST_KAFKA'];
  if (url === undefined || brokers === undefined) return {};
  const prefix = prefixOf(dataDir);
  const own = new URL(url);
  own.pathname = `/${prefix}`;
  return { DATABASE_URL: own.toString(), KAFKA_BROKERS: brokers, KAFKA_PREFIX: `${prefix}.` };
}

const prefixOf = (dataDir: string): string => `t${createHash('sha256').update(dataDir).digest('hex').slice(0, 12)}`;

/** Takes away what a system that has ended leaves on servers that outlive it: databases, accounts, topics and groups. */
export async function removeFromServers(dataDir: string): Promise<void> {
  const url = process.env['CHAKONG_TEST_DATABASE_URL'];
  const brokers = process.env['CHAKONG_TEST_KAFKA'];
  if (url === undefined || brokers === undefined) return;
  const prefix = prefixOf(dataDir);
  await dropInstallation(prefix, url);
  const options = { brokers: brokers.split(','), clientId: 'tests', time: new SystemClock(), log: silentLog };
  await removeTopics(options, `${prefix}.`);
}

/** Fresh for every run, so that no test relies on one password. */
export const DEMO_PASSWORD = `Test-${randomBytes(9).toString('base64url')}`;
