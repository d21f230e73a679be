import { resolve } from 'node:path';
import { AppError, FAIL_POINTS, type FailPoint } from '#kernel';
import type { LogLevel } from '#http';

/** What the embedded system does on its first start: play the demo cases, only seed users and banks, or nothing. */
export type DemoMode = 'play' | 'seed' | 'off';

export interface StandaloneConfig {
  readonly port: number;
  readonly dataDir: string;
  readonly demo: DemoMode;
  /** The one password of the demo users; random per data folder when absent. */
  readonly demoPassword: string | undefined;
  readonly logLevel: LogLevel;
  /** Tests only: die at this place, at this hit. */
  readonly failPoint: { readonly point: FailPoint; readonly atHit: number } | undefined;
  /** Benches only: hold the delivery of orders back from the start. */
  readonly holdDelivery: boolean;
}

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error', 'fatal', 'silent'];
const PASSWORD_LENGTH_MIN = 8;

/**
 * Reads the environment once, checks all of it and lists every fault. Nothing else reads the environment.
 * A wrong PORT or DATA_DIR stops the start; a mistyped DATA_DIR would otherwise begin a second, empty system.
 * @throws AppError `invalid-configuration`
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): StandaloneConfig {
  const faults: string[] = [];
  const oneOf = <T extends string>(name: string, values: readonly T[], fallback: T): T => {
    const value = env[name] ?? fallback;
    if ((values as readonly string[]).includes(value)) return value as T;
    faults.push(`${name} is one of ${values.join(', ')}, not "${value}"`);
    return fallback;
  };
  const port = Number(env['PORT'] ?? '3000');
  if (!Number.isInteger(port) || port < 0 || port > 65_535) faults.push(`PORT is a port number, not "${env['PORT']}"`);
  const demoPassword = env['CHAKONG_DEMO_PASSWORD'] || undefined;
  if (demoPassword !== undefined && demoPassword.length < PASSWORD_LENGTH_MIN) {
    faults.push(`CHAKONG_DEMO_PASSWORD has at least ${PASSWORD_LENGTH_MIN} characters`);
  }
  const config: StandaloneConfig = {
    port,
    dataDir: resolve(env['DATA_DIR'] || './data'),
    demo: oneOf<DemoMode>('CHAKONG_DEMO', ['play', 'seed', 'off'], 'play'),
    demoPassword,
    logLevel: oneOf<LogLevel>('LOG_LEVEL', LEVELS, 'warn'),
    failPoint: readFailPoint(env['CHAKONG_FAIL_POINT'], faults),
    holdDelivery: env['CHAKONG_HOLD_DELIVERY'] === 'on',
  };
  if (faults.length > 0) throw new AppError('invalid-configuration', faults.join('; '), { level: 'fatal' });
  return config;
}

/** `<name>` or `<name>@<hit>`. */
function readFailPoint(text: string | undefined, faults: string[]): StandaloneConfig['failPoint'] {
  if (!text) return undefined;
  const [name = '', hit = '1'] = text.split('@');
  const point = FAIL_POINTS.find((each) => each === name);
  const atHit = Number(hit);
  if (point && Number.isInteger(atHit) && atHit > 0) return { point, atHit };
  faults.push(`CHAKONG_FAIL_POINT "${text}" is no fail-point`);
  return undefined;
}

/** The configuration of this process. */
export function loadConfig(): StandaloneConfig {
  return readConfig(process.env);
}
