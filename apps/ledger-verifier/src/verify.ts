import { readFile } from 'node:fs/promises';
import { Broken, textOf, Usage } from './broken.js';
import { checkLog, type LogCheck, type LogFindings } from './check-log.js';
import { openCheckpoint, parseLogKey, type LogKey } from './checkpoint.js';
import { checkEarlierLogs } from './earlier-logs.js';
import { checkFurtherLines } from './further-keys.js';
import { openSource, type LogSource } from './log-source.js';
import { OrderCheck, type OrderFindings } from './orders.js';
import { checkQuorum, readPolicy, type Policy, type QuorumFindings } from './policy.js';
import { checkProofFile, type ProofFindings, type ProvenHead } from './proof-file.js';
import { readState, writeState, type VerifiedState } from './state.js';

export interface VerifyOptions {
  readonly log: string;
  /** The log's key from a place that the auditor trusts. Without it the policy's is taken, or else the log's own word. */
  readonly vkey?: string | undefined;
  readonly proof?: string | undefined;
  readonly policy?: string | undefined;
  /** Checkpoints that were kept from earlier: the log must still have them as heads. */
  readonly since?: readonly string[] | undefined;
  readonly orders?: string | undefined;
  readonly state?: string | undefined;
  readonly anyEntries: boolean;
  readonly threads?: number | undefined;
  readonly onProgress?: ((done: number, size: number) => void) | undefined;
}

/** Everything that was found good; what is absent was not asked for. */
export interface Verification {
  readonly log: string;
  readonly key: LogKey;
  readonly keyFrom: 'given' | 'policy' | 'log';
  readonly findings: LogFindings;
  /** Size up to which an earlier verification was gone on from. */
  readonly resumedFrom: number;
  readonly earlier: number;
  readonly since: readonly ProvenHead[];
  readonly proofs: ProofFindings | undefined;
  readonly quorum: QuorumFindings | undefined;
  /** Good SM2 lines of the checkpoint, as many as the policy names keys for. */
  readonly sm2: number;
  readonly orders: OrderFindings | undefined;
  readonly seconds: number;
}

/** Verifies a log and whatever is to be held against it. @throws Broken, Usage */
export async function verifyWhole(options: VerifyOptions): Promise<Verification> {
  const started = monotonicMs();
  const source = openSource(options.log);
  const policy = options.policy === undefined ? undefined : await readPolicy(options.policy);
  const orderCheck = options.orders === undefined ? undefined : await OrderCheck.read(options.orders);
  const { key, keyFrom } = await keyOf(source, options.vkey, policy);
  const since = await Promise.all((options.since ?? []).map((file) => readSince(file, key)));
  const proofs = options.proof === undefined ? undefined : await checkProofFile(options.proof, key);
  const heads = [...since, ...(proofs?.heads ?? [])];
  const resume = await stateFor(options, key, heads);
  const check: LogCheck = {
    source,
    key,
    anyEntries: options.anyEntries,
    sizes: heads.map((head) => head.size),
    threads: options.threads ?? 0,
    resume,
    onState: stateKeeper(options.state),
    onOrders: orderCheck && ((facts) => orderCheck.take(facts)),
    onProgress: options.onProgress,
  };
  const findings = await checkLog(check);
  const { origin, size } = findings.checkpoint;
  const earlier = await checkEarlierLogs(check, findings.chains.openings);
  checkHeads(heads, findings);
  const quorum = policy && checkQuorum(policy, findings.signed, 'checkpoint');
  const sm2 = checkFurtherLines(policy?.further ?? [], origin, findings.signed, 'checkpoint');
  const orders = orderCheck?.finish(origin, size);
  await check.onState?.(findings.state());
  const seconds = Math.max(monotonicMs() - started, 1) / 1000;
  return { log: options.log, key, keyFrom, findings, resumedFrom: resume?.size ?? 0, earlier, since, proofs, quorum, sm2, orders, seconds };
}

/** As `verifyWhole`, as the one line that says what was found. */
export async function verifyLog(options: VerifyOptions): Promise<string> {
  return lineOf(await verifyWhole(options));
}

/** Verifies a proof file by itself: it needs the key, and cannot say whether the log still stands by it. @throws Broken, Usage */
export async function verifyProofAlone(proof: string, vkey: string): Promise<string> {
  const key = givenKey(vkey);
  const { proofs, opened, heads } = await checkProofFile(proof, key);
  const sizes = heads.map((head) => head.size).join(',');
  return `ok origin=${key.name} proofs=${proofs} opened=${opened} size=${sizes} (the log itself was not read)`;
}

export function lineOf({ findings, earlier, seconds, keyFrom, proofs, since, quorum, sm2, orders, resumedFrom }: Verification): string {
  const { origin, size, root } = findings.checkpoint;
  const parts = [
    `ok origin=${origin} size=${size} root=${root.toString('base64')} rate=${Math.round((findings.derived + earlier) / seconds)}/s`,
    ...(resumedFrom > 0 ? [`resumed=${resumedFrom}`] : []),
    ...(earlier > 0 ? [`earlier=${earlier}`] : []),
    ...(since.length > 0 ? [`since=${since.map((head) => head.size).join(',')}`] : []),
    ...(proofs ? [`proofs=${proofs.proofs} opened=${proofs.opened}`] : []),
    ...(quorum ? [`cosigned=${quorum.cosigned.length}`] : []),
    ...(sm2 > 0 ? [`sm2=${sm2}`] : []),
    ...(orders ? [`orders=${orders.orders} facts=${orders.facts}`] : []),
    ...(keyFrom === 'given' ? [] : [`key=from-the-${keyFrom}`]),
  ];
  return parts.join(' ');
}

function monotonicMs(): number {
  // eslint-disable-next-line no-restricted-syntax -- this program shares no code with the system it judges, the clock included
  return performance.now();
}

async function keyOf(
  source: LogSource,
  given: string | undefined,
  policy: Policy | undefined,
): Promise<Pick<Verification, 'key' | 'keyFrom'>> {
  if (given !== undefined) return { key: givenKey(given), keyFrom: 'given' };
  const served = await source.read('vkey');
  // A policy that names logs is the auditor's word on whom to believe; the log only says which of them it is.
  if (policy && policy.logs.length > 0) return { key: await policyKey(policy, source, served), keyFrom: 'policy' };
  if (!served) throw new Broken('vkey', `missing in ${source.name}; give --vkey`);
  return { key: parseLogKey(served.toString('utf8'), 'vkey'), keyFrom: 'log' };
}

async function policyKey({ logs }: Policy, source: LogSource, vkey: Buffer | undefined): Promise<LogKey> {
  const checkpoint = await source.read('checkpoint');
  const origin = checkpoint?.toString('utf8').split('\n', 1)[0] ?? vkey?.toString('utf8').split('+', 1)[0];
  const key = logs.find((log) => log.name === origin);
  if (!key) throw new Broken('checkpoint', `of the log ${origin ?? ''}, which the policy does not name`);
  return key;
}

/** A key that cannot be read is a slip of whoever typed the command, and says nothing about the log. */
function givenKey(vkey: string): LogKey {
  try {
    return parseLogKey(vkey, '--vkey');
  } catch (cause) {
    throw cause instanceof Broken ? new Usage(cause.message, { cause }) : cause;
  }
}

async function readSince(file: string, key: LogKey): Promise<ProvenHead> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (cause) {
    throw new Usage(`cannot read ${file} (${textOf(cause)})`, { cause });
  }
  const { size, root } = openCheckpoint(bytes, key, `--since ${file}`);
  return { place: `--since ${file}`, size, root };
}

/** An earlier state is of no use when something must be looked up before it: then the whole log is derived. */
async function stateFor(
  { state: file, orders, anyEntries }: VerifyOptions,
  key: LogKey,
  heads: readonly ProvenHead[],
): Promise<VerifiedState | undefined> {
  if (file === undefined) return undefined;
  const state = await readState(file);
  if (state && (state.vkey !== key.vkey || state.anyEntries !== anyEntries)) throw new Usage(`${file} is of another log or another check`);
  const isEnough = state && orders === undefined && heads.every((head) => head.size >= state.size);
  return isEnough ? state : undefined;
}

function stateKeeper(file: string | undefined): LogCheck['onState'] {
  return file === undefined ? undefined : (state) => writeState(file, state);
}

/** Checkpoints from elsewhere must be heads of this very log, or someone has been shown another one. */
function checkHeads(heads: readonly ProvenHead[], findings: LogFindings): void {
  for (const head of heads) {
    const place = head.place.startsWith('--since') ? head.place : `${head.place} checkpoint`;
    if (head.size > findings.checkpoint.size) {
      throw new Broken(place, `covers ${head.size} entries, the log has ${findings.checkpoint.size}`);
    }
    if (!findings.roots.get(head.size)?.equals(head.root)) {
      throw new Broken(place, `at size ${head.size} the log has another root: it was forked`);
    }
  }
}
