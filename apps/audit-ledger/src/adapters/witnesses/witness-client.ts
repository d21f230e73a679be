import { errorText, type Log, type RealTime } from '#kernel';
import { addCosignatures, formatAddCheckpoint, type Cosignature, type PolicyWitness } from '#merkle';

/** A witness that has not answered by then is done without. */
export const WITNESS_MS_MAX = 1_000;
/** At first nobody knows which size a witness has seen: it says so in a conflict, and is asked once more. */
const ATTEMPTS_MAX = 2;
const ANSWER_BYTES_MAX = 64 * 1024;

export interface ToCosign {
  readonly origin: string;
  readonly size: number;
  /** The log's signed note. */
  readonly checkpoint: Buffer;
  /** The consistency proof from an older size, 1 ≤ from ≤ size. */
  readonly proofFrom: (from: number) => Promise<readonly Buffer[]>;
}

/** Asks one witness for cosignatures (C2SP tlog-witness). It remembers what the witness has seen, so that one call is enough. */
export class WitnessClient {
  private readonly seen = new Map<string, number>();
  private busy: Promise<unknown> = Promise.resolve();
  private newest = 0;

  constructor(
    readonly witness: PolicyWitness & { readonly url: string },
    private readonly time: RealTime,
    private readonly log: Log,
  ) {}

  /**
   * One call at a time; of those that wait only the newest is made, so a slow witness gathers no queue.
   * @returns its good cosignature, or undefined with the reason in the log
   */
  cosign(asked: ToCosign): Promise<Cosignature | undefined> {
    const turn = ++this.newest;
    const mine = this.busy.then(() => (turn === this.newest ? this.askInTime(asked) : undefined));
    this.busy = mine;
    return mine;
  }

  /** Never rejects: what a witness does wrong is its own affair, and the policy decides what it means. */
  private async askInTime(asked: ToCosign): Promise<Cosignature | undefined> {
    const late = new AbortController();
    const timer = this.time.setRealTimer(WITNESS_MS_MAX, () => late.abort(new Error(`no answer within ${WITNESS_MS_MAX} ms`)));
    try {
      return await this.ask(asked, late.signal);
    } catch (error) {
      this.log.write('warn', 'witness-failed', { witness: this.witness.name, size: asked.size, reason: errorText(error) });
      return undefined;
    } finally {
      timer.cancel();
    }
  }

  private async ask(asked: ToCosign, signal: AbortSignal): Promise<Cosignature> {
    for (let attempt = 1; ; attempt++) {
      const old = this.seen.get(asked.origin) ?? 0;
      const proof = old > 0 && old < asked.size ? await asked.proofFrom(old) : [];
      const answer = await this.post(formatAddCheckpoint({ old, proof, checkpoint: asked.checkpoint }), signal);
      if (answer.status === 200) {
        const [good] = addCosignatures(asked.checkpoint, answer.text, [this.witness.cosigner]).good;
        if (!good) throw new Error('its answer holds no good cosignature of its key');
        this.seen.set(asked.origin, asked.size);
        return good;
      }
      const size = answer.status === 409 ? Number(/^(0|[1-9]\d{0,15})\n$/.exec(answer.text)?.[1] ?? NaN) : NaN;
      if (!Number.isSafeInteger(size) || attempt === ATTEMPTS_MAX)
        throw new Error(`status ${answer.status} ${answer.text.slice(0, 200).trim()}`);
      if (size > asked.size) {
        // Only a database or a folder that was put back to an older state, or a second sequencer, explains this.
        this.log.write('error', 'witness-has-seen-more', { witness: this.witness.name, size: asked.size, seen: size });
        throw new Error(`it has cosigned ${size} entries already`);
      }
      this.seen.set(asked.origin, size);
    }
  }

  private async post(body: Buffer, signal: AbortSignal): Promise<{ status: number; text: string }> {
    const headers = { 'content-type': 'text/plain; charset=utf-8' };
    const response = await fetch(`${this.witness.url}/add-checkpoint`, {
      method: 'POST',
      headers,
      body: new Uint8Array(body),
      signal,
      redirect: 'error',
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    if (bytes.length > ANSWER_BYTES_MAX) throw new Error(`its answer is longer than ${ANSWER_BYTES_MAX} bytes`);
    return { status: response.status, text: bytes.toString('utf8') };
  }
}
