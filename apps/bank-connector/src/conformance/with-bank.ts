import { join } from 'node:path';
import { readBanks, type InstalledBank } from '#bank-directory';
import type { PlacedCase } from '#connector-sdk';
import { ensureBankCertificates, ensureCourtMessageKey, ensureSimulatedMessageKeys } from '#foundation';
import { SystemClock, systemEntropy } from '#kernel';
import type { StageParts } from './case-stage.js';
import { Court, handOver } from './court.js';
import { Kit, type CaseResult } from './kit.js';
import type { ConformanceOptions } from './options.js';
import { RegisterVisitor } from './register-visitor.js';
import { RoteClerks } from './rote-clerks.js';
import { addressOf, freePorts, Simulator } from './simulator.js';
import { TlsVisitor } from './tls-visitor.js';

/** How long an answer of the simulated bank, and of a foreign one, is waited for. Real milliseconds. */
const PATIENCE_MS = 15_000;
const FOREIGN_PATIENCE_MS = 60_000;
/** The pace at which our side looks into folders while the simulator is tried. */
const POLL_MS = 50;

export interface BankRun {
  readonly installed: InstalledBank;
  readonly dataDir: string;
  readonly options: ConformanceOptions;
  readonly cases: readonly PlacedCase[];
  readonly broken: ReadonlySet<string>;
  readonly say: (line: string) => void;
  readonly complain: (line: string) => void;
  readonly onResult: (result: CaseResult) => void;
}

/** Opens the court's side and the bank's, runs the cases, and leaves nothing running. */
export function withBank(run: BankRun): Promise<readonly CaseResult[]> {
  return run.options.foreign ? againstForeign(run) : againstSimulator(run);
}

async function againstSimulator({
  installed,
  dataDir,
  options,
  cases,
  broken,
  complain,
  onResult,
}: BankRun): Promise<readonly CaseResult[]> {
  const { profile, manifest } = installed;
  const ports = await freePorts();
  // All banks of the simulator open their doors, whichever of them is tried.
  await ensureCertificates(dataDir, [installed, ...(await readBanks())]);
  if (profile.xmlSignature) await ensureSimulatedMessageKeys(dataDir, profile.bank, MAKERS);
  const court = await Court.open({
    installed: { manifest, profile: { ...profile, pollMs: Math.min(profile.pollMs, POLL_MS) } },
    dataDir,
    patienceMs: options.patienceMs ?? PATIENCE_MS,
    port: 0,
    endpoint: addressOf(profile, ports),
    bankKeyFile: undefined,
  });
  const { issuer } = court.foundation.tokens;
  const admin = { userId: 'conformance', username: 'conformance', name: 'conformance', roles: ['admin'] as const };
  const token = (await issuer.issue(admin)).accessToken;
  const { bank, signatures, payload } = profile;
  const place = {
    dataDir,
    ports,
    bank,
    signatures,
    ...(payload ? { payload } : {}),
    isRegister: profile.xmlSignature !== undefined,
    connector: court.origin,
    token,
    time: court.foundation.clock,
  };
  try {
    const simulator = await Simulator.start(place);
    const clerks = manifest.delivery === 'desk' ? new RoteClerks(court, simulator, complain) : undefined;
    try {
      clerks?.start();
      return await new Kit(
        { court, dataDir, simulator, clerks, ...visitorsOf(court, dataDir, addressOf(profile, ports)) },
        cases,
        broken,
        onResult,
      ).run();
    } finally {
      await clerks?.stop();
      await simulator.stop();
    }
  } finally {
    await court.close();
  }
}

/** A bank that loaded the fixture by hand and runs wherever it runs. */
async function againstForeign({ installed, dataDir, options, cases, say, onResult }: BankRun): Promise<readonly CaseResult[]> {
  await ensureCertificates(dataDir, [installed]);
  const court = await Court.open({
    installed,
    dataDir,
    patienceMs: options.patienceMs ?? FOREIGN_PATIENCE_MS,
    port: options.foreign?.port ?? 0,
    endpoint: options.foreign?.endpoint,
    bankKeyFile: join(dataDir, 'bank.pub.pem'),
  });
  try {
    for (const line of await handOver(court, dataDir)) say(line);
    const visitors = visitorsOf(court, dataDir, options.foreign?.endpoint ?? installed.profile.endpoint);
    return await new Kit({ court, dataDir, simulator: undefined, clerks: undefined, ...visitors }, cases, new Set(), onResult).run();
  } finally {
    await court.close();
  }
}

/** Who comes to a bank that is called, beside the court's connector. */
function visitorsOf(court: Court, dataDir: string, endpoint: string | undefined): Pick<StageParts, 'visitor' | 'register'> {
  const { context, door } = court.host;
  const { profile } = context;
  if (!profile.tls || endpoint === undefined) return { visitor: undefined, register: undefined };
  const { clock: time, entropy } = court.foundation;
  const parts = { profile, endpoint, dataDir, time, entropy };
  const isRegister = profile.xmlSignature !== undefined && door.kind === 'push';
  return {
    visitor: new TlsVisitor(parts),
    register: isRegister ? new RegisterVisitor({ ...parts, connector: door.connector }) : undefined,
  };
}

const MAKERS = { time: new SystemClock(), entropy: systemEntropy, hosts: ['127.0.0.1'] };

/** Makes what mutual TLS and our messages need, as far as nobody has brought a real bank's. */
async function ensureCertificates(dataDir: string, banks: readonly InstalledBank[]): Promise<void> {
  for (const { profile } of banks) {
    if (profile.tls) await ensureBankCertificates(dataDir, profile.bank, MAKERS);
    if (profile.xmlSignature) await ensureCourtMessageKey(dataDir, profile.bank, MAKERS);
  }
}
