export const USAGE = `usage: npm run -s conformance -- --bank <profile> [--report <folder>] [--break <case>]… [--only <part of a name>]…
       npm run -s conformance -- --bank <profile> --break-all      every case broken: each must fail
       npm run -s conformance -- --bank <profile> --endpoint <url> | --foreign  --keys <folder> [--port <port>] [--patience <seconds>]
       npm run -s conformance -- --list [--bank <profile>]
       npm run -s conformance -- --fixture --bank <profile>
<profile> is a code of deploy/banks or the path of a profile; --endpoint is the address of a bank that is called, --foreign says that
any other bank than the simulator is tried; --keys holds bank.pub.pem and keeps our own keys.`;

/** What the kit is asked to do. */
export interface ConformanceOptions {
  readonly what: 'run' | 'break-all' | 'list' | 'fixture';
  /** Undefined only where all cases are listed. */
  readonly bank: string | undefined;
  readonly report: string | undefined;
  readonly broken: readonly string[];
  /** Parts of names; empty: all cases. */
  readonly only: readonly string[];
  /** A bank that is not the simulator. */
  readonly foreign: ForeignBank | undefined;
  /** How long an answer is waited for, in real milliseconds; undefined: as suits the simulator. */
  readonly patienceMs: number | undefined;
}

export interface ForeignBank {
  readonly endpoint: string | undefined;
  /** Folder with `bank.pub.pem`; our own keys are kept below it. */
  readonly keys: string;
  readonly port: number;
}

const VALUED = ['--bank', '--report', '--endpoint', '--keys', '--port', '--patience'] as const;
const FLAGS = ['--list', '--fixture', '--break-all', '--foreign'] as const;
const PATIENCE_SECONDS_MAX = 7 * 86_400;
const PORT_MAX = 65_535;

/** Reads the command line. @returns what is wrong with it as a text */
export function parseOptions(args: readonly string[]): ConformanceOptions | string {
  const values = new Map<string, string>();
  const flags = new Set<string>();
  const broken: string[] = [];
  const only: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const name = args[at] ?? '';
    if (FLAGS.some((flag) => flag === name)) {
      flags.add(name);
      continue;
    }
    const value = args[++at];
    if (value === undefined || value === '' || value.startsWith('--')) return `${name} is no option, or lacks its value`;
    if (name === '--break') broken.push(value);
    else if (name === '--only') only.push(value);
    else if (VALUED.some((known) => known === name)) values.set(name, value);
    else return `${name} is no option`;
  }
  const read = assembled(values, flags, broken);
  return typeof read === 'string' ? read : { ...read, only };
}

function assembled(
  values: ReadonlyMap<string, string>,
  flags: ReadonlySet<string>,
  broken: readonly string[],
): Omit<ConformanceOptions, 'only'> | string {
  const bank = values.get('--bank');
  const what = flags.has('--list') ? 'list' : flags.has('--fixture') ? 'fixture' : flags.has('--break-all') ? 'break-all' : 'run';
  if (bank === undefined && what !== 'list') return '--bank names a profile';
  const foreign = foreignOf(values, flags);
  if (typeof foreign === 'string') return foreign;
  if (foreign && (broken.length > 0 || what === 'break-all')) return 'only the simulated bank can be broken';
  const seconds = values.has('--patience') ? Number(values.get('--patience')) : undefined;
  if (seconds !== undefined && !(seconds > 0 && seconds <= PATIENCE_SECONDS_MAX)) {
    return `--patience is a number of seconds up to ${PATIENCE_SECONDS_MAX}`;
  }
  const patienceMs = seconds === undefined ? undefined : seconds * 1_000;
  return { what, bank, report: values.get('--report'), broken, foreign, patienceMs };
}

function foreignOf(values: ReadonlyMap<string, string>, flags: ReadonlySet<string>): ForeignBank | undefined | string {
  const endpoint = values.get('--endpoint');
  const keys = values.get('--keys');
  if (endpoint === undefined && !flags.has('--foreign')) {
    return keys === undefined && !values.has('--port') ? undefined : '--keys and --port belong to --endpoint or --foreign';
  }
  if (keys === undefined) return 'a foreign bank needs --keys';
  if (endpoint !== undefined && !/^https?:\/\/[^\s?#]+$/.test(endpoint))
    return '--endpoint is an address such as https://bank.example/court';
  const port = Number(values.get('--port') ?? 0);
  if (!Number.isInteger(port) || port < 0 || port > PORT_MAX) return '--port is a port number';
  return { endpoint: endpoint?.replace(/\/$/, ''), keys, port };
}
