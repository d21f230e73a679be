import { join } from 'node:path';
import { readBanks, type InstalledBank } from '#bank-directory';
import type { PlacedCase } from '#connector-sdk';
import { ensureBankCertificates } from '#foundation';
import { SystemClock, systemEntropy } from '#kernel';
import { Court, handOver } from './court.js';
import { Kit, type CaseResult } from './kit.js';
import type { ConformanceOptions } from './options.js';
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
        { court, dataDir, simulator, clerks, visitor: visitorOf(court, dataDir, addressOf(profile, ports)) },
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
    const visitor = visitorOf(court, dataDir, options.foreign?.endpoint ?? installed.profile.endpoint);
    return await new Kit({ court, dataDir, simulator: undefined, clerks: undefined, visitor }, cases, new Set(), onResult).run();
  } finally {
    await court.close();
  }
}

function visitorOf(court: Court, dataDir: string, endpoint: string | undefined): TlsVisitor | undefined {
  const { profile } = court.host.context;
  if (!profile.tls || endpoint === undefined) return undefined;
  const { clock: time, entropy } = court.foundation;
  return new TlsVisitor({ profile, endpoint, dataDir, time, entropy });
}

/** Makes what mutual TLS needs, as far as nobody has brought a real bank's. */
async function ensureCertificates(dataDir: string, banks: readonly InstalledBank[]): Promise<void> {
  const makers = { time: new SystemClock(), entropy: systemEntropy, hosts: ['127.0.0.1'] };
  for (const { profile } of banks) {
    if (profile.tls) await ensureBankCertificates(dataDir, profile.bank, makers);
  }
}
