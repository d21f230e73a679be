import path from 'node:path';
import { AppError, type Clock, type Log } from '#kernel';
import { openCheckpoint, RightEdge, TreeReader, verifyConsistency, type Checkpoint } from '#merkle';
import type { Database } from '#persistence';
import { LogFolder } from '../../adapters/files/log-folder.js';
import type { StagingArea } from '../../adapters/files/staging-area.js';
import type { LogHead, LogHeadRows } from '../../adapters/store/log-heads.js';
import type { LedgerSettings } from '../../parts.js';
import { sm2LineSigner } from '../../sm2-line.js';
import type { CheckpointPublisher } from '../publish-checkpoint/publisher.js';
import type { PublishedLog } from '../prove-entries/published-logs.js';
import { logSignerOf, type LogSigner } from './log-signer.js';

/** One year's log, verified and ready to grow. */
export interface YearLog {
  readonly head: LogHead;
  readonly edge: RightEdge;
  readonly folder: LogFolder;
  readonly signer: LogSigner;
}

export interface OpenLogParts {
  readonly database: Database;
  readonly heads: LogHeadRows;
  readonly staging: StagingArea;
  readonly publisher: CheckpointPublisher;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Brings the files of a log to what the database says was committed, and refuses to go on when the two cannot both be true.
 * The same code runs at start, after any failure in between, and for a new year; there is no other recovery.
 *
 * A crash before the commit leaves a staged batch that nothing refers to; after it, a staged batch that is applied again here.
 * Files that are newer than the database mean that an older database was put back: signing on would fork the log.
 */
export class OpenLog {
  constructor(
    private readonly parts: OpenLogParts,
    private readonly settings: LedgerSettings,
  ) {}

  signerOf(year: number): LogSigner {
    const { originBase, signingKey, sm2 } = this.settings;
    const name = `${originBase}/${year}`;
    return logSignerOf(name, signingKey, sm2 ? [sm2LineSigner(name, sm2)] : []);
  }

  folderOf(year: number): LogFolder {
    return new LogFolder(path.join(this.settings.folder, String(year)));
  }

  /** Opens the log of a committed head. @throws AppError `ledger-corrupt` with what does not fit */
  async open(head: LogHead): Promise<YearLog> {
    const [signer, folder] = [this.signerOf(head.year), this.folderOf(head.year)];
    checkHead(head, signer);
    await this.keepKey(folder, signer);
    const published = await publishedIn(folder, signer);
    if (published) refuseNewer(published, head);
    if (published?.size !== head.size) await this.applyAgain(head, folder, published);
    // The published note may carry cosignatures that came after the commit.
    const checkpoint = (await folder.read('checkpoint')) ?? head.checkpoint;
    const edge = await RightEdge.load(head.size, folder);
    if (edge.root().toString('hex') !== head.root) throw corrupt(head.year, 'the tiles at the right edge do not give the committed root');
    return { head: { ...head, checkpoint }, edge, folder, signer };
  }

  /** The log as it was published last, which may be older than its committed head; undefined before the first time. */
  async publishedLog(head: LogHead): Promise<PublishedLog | undefined> {
    const folder = this.folderOf(head.year);
    const published = await publishedIn(folder, this.signerOf(head.year));
    const checkpoint = await folder.read('checkpoint');
    if (!published || !checkpoint) return undefined;
    return { folder, head: { ...head, size: published.size, root: published.root.toString('hex'), checkpoint } };
  }

  /** Begins the log of a year with a checkpoint over nothing, so that it can be verified from its first moment. */
  async begin(year: number): Promise<YearLog> {
    const [signer, folder] = [this.signerOf(year), this.folderOf(year)];
    if (await folder.read('checkpoint')) throw corrupt(year, 'there is a published log that the database knows nothing of');
    const edge = RightEdge.empty();
    const checkpoint = await signer.sign(0, edge.root());
    const head: LogHead = { year, origin: signer.name, size: 0, root: edge.root().toString('hex'), checkpoint };
    const begun = await this.parts.database.run((tx) => this.parts.heads.begin(tx, head, this.parts.clock.now()));
    if (!begun) throw new AppError('second-sequencer', `somebody else has begun the log of ${year}`, { level: 'fatal' });
    await this.keepKey(folder, signer);
    return { head: { ...head, checkpoint: await this.parts.publisher.publish(folder, head) }, edge, folder, signer };
  }

  private async applyAgain(head: LogHead, folder: LogFolder, published: Checkpoint | undefined): Promise<void> {
    const files = await this.parts.staging.get(head);
    if (!files && head.size > 0)
      throw corrupt(head.year, `the files end at ${published?.size ?? 'nothing'} and no staged batch leads to ${head.size}`);
    await folder.apply(files ?? []);
    if (published && published.size > 0) {
      const proof = await new TreeReader(folder, head.size).consistencyProof(published.size);
      const toRoot = Buffer.from(head.root, 'hex');
      const consistent = verifyConsistency({ from: published.size, to: head.size, fromRoot: published.root, toRoot, proof });
      if (!consistent) throw corrupt(head.year, `what was published at ${published.size} is not the beginning of what was committed`);
    }
    await this.parts.publisher.publish(folder, head);
    this.parts.log.write('warn', 'ledger-batch-applied-again', { year: head.year, from: published?.size ?? 0, to: head.size });
  }

  /** The keys stand beside the log they sign. Another first one there means that the key or the origin has changed. */
  private async keepKey(folder: LogFolder, signer: LogSigner): Promise<void> {
    for (const { vkey } of signer.further) await folder.writeFurtherKey(vkey);
    const kept = await folder.read('vkey');
    if (!kept) await folder.writeKey(signer.verifier.vkey);
    else if (kept.toString('utf8').trim() !== signer.verifier.vkey) {
      throw new AppError('ledger-corrupt', `the log in ${folder.folder} was signed with another key or origin`, { level: 'fatal' });
    }
  }
}

function checkHead(head: LogHead, signer: LogSigner): void {
  const checkpoint = opened(head.checkpoint, signer, head.year, 'the committed checkpoint');
  if (checkpoint.size !== head.size || checkpoint.root.toString('hex') !== head.root) {
    throw corrupt(head.year, 'the committed checkpoint says something else than the row that holds it');
  }
}

async function publishedIn(folder: LogFolder, signer: LogSigner): Promise<Checkpoint | undefined> {
  const bytes = await folder.read('checkpoint');
  return bytes && opened(bytes, signer, Number(path.basename(folder.folder)), 'the published checkpoint');
}

function opened(bytes: Buffer, signer: LogSigner, year: number, what: string): Checkpoint {
  try {
    return openCheckpoint(bytes, signer.verifier);
  } catch (cause) {
    throw new AppError('ledger-corrupt', `log of ${year}: ${what} does not verify`, { level: 'fatal', cause });
  }
}

function refuseNewer(published: Checkpoint, head: LogHead): void {
  if (published.size > head.size)
    throw corrupt(head.year, `published at ${published.size}, committed at ${head.size}: the database is older than the log`);
  if (published.size === head.size && published.root.toString('hex') !== head.root) {
    throw corrupt(head.year, `two roots at size ${head.size}`);
  }
}

function corrupt(year: number, what: string): AppError {
  return new AppError('ledger-corrupt', `log of ${year}: ${what}`, { level: 'fatal' });
}
