import { AppError, errorText, type Log, type RealTime } from '#kernel';
import { addCosignatures, signatureLine, TreeReader, type Cosignature, type PolicyWitness } from '#merkle';
import type { LogFolder } from '../../adapters/files/log-folder.js';
import type { LogHead } from '../../adapters/store/log-heads.js';
import { WitnessClient, type ToCosign } from '../../adapters/witnesses/witness-client.js';
import type { WitnessSettings } from '../../parts.js';
import type { PublishedLogs } from '../prove-entries/published-logs.js';
import { BELOW_QUORUM, type CheckpointPublisher } from './publisher.js';

/**
 * Asks all witnesses at once for cosignatures on a checkpoint. The strict profile waits until the policy's quorum is met, and publishes nothing
 * below it; the lenient one publishes at once. Cosignatures that come later are added as long as the checkpoint is the newest.
 */
export class WitnessedPublisher implements CheckpointPublisher {
  private readonly clients: readonly WitnessClient[];
  private withheld: string | undefined;
  private newest: LogHead | undefined;
  /** Writes of the published note follow each other, so a late addition never replaces a newer checkpoint. */
  private writing: Promise<unknown> = Promise.resolve();
  private readonly gathering = new Set<Promise<void>>();

  constructor(
    private readonly settings: WitnessSettings,
    private readonly published: PublishedLogs,
    time: RealTime,
    private readonly log: Log,
  ) {
    this.clients = settings.policy.witnesses.filter(hasUrl).map((witness) => new WitnessClient(witness, time, log));
  }

  async publish(folder: LogFolder, head: LogHead): Promise<Buffer> {
    const round = new Round(this.settings, this.clients, toCosign(folder, head));
    if (this.settings.profile === 'strict' && !(await round.quorum())) throw this.withhold(head, round);
    if (this.withheld !== undefined) this.log.write('warn', 'ledger-checkpoint-released', { size: head.size });
    this.withheld = undefined;
    this.newest = head;
    const count = round.good.length;
    const note = noteWith(head, round.good);
    await this.inTurn(() => folder.publish(note));
    this.addLater(folder, head, round, count);
    return note;
  }

  withheldBy(): string | undefined {
    return this.withheld;
  }

  async stop(): Promise<void> {
    await Promise.all(this.gathering);
    await this.writing;
  }

  private withhold(head: LogHead, round: Round): AppError {
    const missing = round.missing().join(', ');
    this.withheld = `the checkpoint of ${head.size} entries lacks its quorum: no cosignature of ${missing}`;
    this.log.write('error', 'ledger-checkpoint-withheld', { size: head.size, missing });
    return new AppError(BELOW_QUORUM, this.withheld);
  }

  private addLater(folder: LogFolder, head: LogHead, round: Round, already: number): void {
    const added = this.addTo(folder, head, round, already)
      .catch((error: unknown) => this.log.write('error', 'cosignatures-not-added', { size: head.size, reason: errorText(error) }))
      .then(() => void this.gathering.delete(added));
    this.gathering.add(added);
  }

  private async addTo(folder: LogFolder, head: LogHead, round: Round, already: number): Promise<void> {
    await round.all;
    if (round.good.length === already) return;
    await this.inTurn(async () => {
      if (this.newest !== head) return;
      const checkpoint = noteWith(head, round.good);
      await folder.publish(checkpoint);
      this.published.showCosigned({ ...head, checkpoint });
    });
  }

  private inTurn(write: () => Promise<void>): Promise<void> {
    const turn = this.writing.then(write);
    this.writing = turn.catch(() => undefined);
    return turn;
  }
}

/** One asking of all witnesses about one checkpoint. */
class Round {
  readonly good: Cosignature[] = [];
  readonly all: Promise<unknown>;
  private readonly answers: readonly Promise<void>[];

  constructor(
    private readonly settings: WitnessSettings,
    clients: readonly WitnessClient[],
    asked: ToCosign,
  ) {
    this.answers = clients.map(async (client) => {
      const cosignature = await client.cosign(asked);
      if (cosignature) this.good.push(cosignature);
    });
    this.all = Promise.all(this.answers);
  }

  /** True as soon as the policy is met; false once all have answered, or not, and it is not. */
  async quorum(): Promise<boolean> {
    const met = (): boolean => this.settings.policy.isMet(new Set(this.good.map(({ cosigner }) => cosigner.vkey)));
    if (met()) return true;
    await new Promise<void>((resolve, reject) => {
      for (const answer of this.answers) answer.then(() => met() && resolve(), reject);
      this.all.then(() => resolve(), reject);
    });
    return met();
  }

  missing(): string[] {
    const there = new Set(this.good.map(({ cosigner }) => cosigner.vkey));
    return this.settings.policy.witnesses.filter(({ cosigner }) => !there.has(cosigner.vkey)).map(({ name }) => name);
  }
}

function toCosign(folder: LogFolder, head: LogHead): ToCosign {
  const proofFrom = (from: number): Promise<Buffer[]> => new TreeReader(folder, head.size).consistencyProof(from);
  return { origin: head.origin, size: head.size, checkpoint: head.checkpoint, proofFrom };
}

function noteWith(head: LogHead, good: readonly Cosignature[]): Buffer {
  const lines = good.map(({ line }) => signatureLine(line)).join('');
  return addCosignatures(
    head.checkpoint,
    lines,
    good.map(({ cosigner }) => cosigner),
  ).note;
}

function hasUrl(witness: PolicyWitness): witness is PolicyWitness & { readonly url: string } {
  return witness.url !== undefined;
}
