import type { OriginalRef, ReceiptRef } from '#contracts';
import type { AnswerReading, HeardBytes, RejectedOutcome, SignatureWorth } from '#connector-sdk';
import { failPoint, instantText, sha256Hex } from '#kernel';
import type { Tx } from '#persistence';
import type { BankContext } from '../../bank-context.js';
import { hasAnswer, keepAnswer, keepUnits, seeAnswered, type AnswerFate, type SeenWithUnits } from '../../adapters/store/answer-rows.js';
import { hasEnded, type SeenRow } from '../../adapters/store/order-rows.js';
import type { KnownOrder } from '../../adapters/store/order-vault.js';
import { tellDoubt, type Doubt } from '../park-order/park-order.js';
import { judgeAnswer, type Judgement } from './judge-answer.js';
import { keepReceipts } from './keep-receipts.js';
import { RecordTogether } from './record-together.js';
import { doubtfulLines, settleLines, type SettledUnit, type Settlement } from './settle-lines.js';
import { standAfterAnswer } from './stand-after-answer.js';

export interface Hearing {
  readonly known: KnownOrder;
  readonly heard: HeardBytes;
  readonly worth: SignatureWorth;
  readonly reading: AnswerReading;
  readonly receipts?: readonly ReceiptRef[];
  /** Who typed it, at a desk; elsewhere the bank itself is the actor. */
  readonly actor?: string;
}

export interface PreparedAnswer {
  readonly hearing: Hearing;
  readonly original: OriginalRef;
  readonly judgement: Judgement;
  readonly delivery: 'ACCEPTED' | 'REJECTED';
}

/** One answer on its way through the transaction. */
interface Course {
  readonly hearing: Hearing;
  readonly known: KnownOrder;
  readonly original: OriginalRef;
  readonly settled: readonly SettledUnit[];
}

/** A dialect without a signature, where persons vouch. */
const UNSIGNED: ReadonlySet<string> = new Set(['desk']);

/**
 * The one way by which a bank's word on an order comes in: its exact bytes are kept and digested before anybody acts on them, and
 * journal, message and fact commit together (I3, I11). The same bytes again have no second effect; a word that contradicts what is
 * over is told as a doubt and never applied (I6).
 */
export class RecordAnswer {
  private readonly together: RecordTogether;

  constructor(private readonly context: BankContext) {
    this.together = new RecordTogether(context, (tx, prepared, seen) => this.commit(tx, prepared, seen));
  }

  async execute(hearing: Hearing): Promise<AnswerFate> {
    const fate = await this.together.take(await this.keepAndJudge(hearing));
    failPoint('connector.answered-after-commit');
    return fate;
  }

  /** What a transaction may not wait for; undefined when these bytes are known already. */
  async prepare(hearing: Hearing): Promise<PreparedAnswer | undefined> {
    const { known, heard } = hearing;
    if (await hasAnswer(this.context.database.reader, known.row.order_number, sha256Hex(heard.bytes))) return undefined;
    return this.keepAndJudge(hearing);
  }

  private async keepAndJudge(hearing: Hearing): Promise<PreparedAnswer> {
    const { vault, manifest } = this.context;
    const { known, heard, worth } = hearing;
    const { digest, size } = await vault.blobs.put(known.row.case_id, heard.bytes);
    failPoint('connector.original-kept');
    const judged = judgeAnswer(known.order, worth, !UNSIGNED.has(manifest.delivery), hearing.reading);
    const { judgement, receipts } = await keepReceipts(vault.blobs, known, judged, hearing);
    return {
      hearing: { ...hearing, receipts },
      original: { digest, size, contentType: heard.contentType, ...worth },
      judgement,
      delivery: 'ACCEPTED',
    };
  }

  /** A refusal at the door, which is no answer: nothing was done, so it is told as a rollback. */
  async rejection(known: KnownOrder, { heard, code, text, worth = { signature: 'absent' } }: RejectedOutcome): Promise<AnswerFate> {
    const { database, vault, clock } = this.context;
    const { digest, size } = await vault.blobs.put(known.row.case_id, heard.bytes);
    const note = `银行未受理：${text} (${code})`;
    const judgement: Judgement = { kind: 'counts', content: { rollback: { code: '03', note } }, answeredAt: instantText(clock.now()) };
    const hearing: Hearing = { known, heard, worth, reading: { kind: 'unreadable', reason: code } };
    const original: OriginalRef = { digest, size, contentType: heard.contentType, ...worth };
    return database.run((tx) => this.commit(tx, { hearing, original, judgement, delivery: 'REJECTED' }));
  }

  /** Awaits nothing but its Tx. `together`: its order as this transaction has just read it with others. */
  async commit(tx: Tx, { hearing, original, judgement, delivery }: PreparedAnswer, together?: SeenWithUnits): Promise<AnswerFate> {
    const orderNumber = hearing.known.row.order_number;
    const seen = together ?? (await seeAnswered(tx, [orderNumber])).get(orderNumber);
    if (!seen || seen.digests.has(original.digest)) return 'repeated';
    const { row, units: settled } = seen;
    const course: Course = { hearing, known: { ...hearing.known, row }, original, settled };
    const fate =
      judgement.kind === 'doubt' ? await this.doubt(tx, course, judgement.doubt) : await this.apply(tx, course, judgement, delivery);
    failPoint('connector.answered-before-commit');
    return fate;
  }

  private async apply(
    tx: Tx,
    course: Course,
    judgement: Extract<Judgement, { kind: 'counts' }>,
    delivery: 'ACCEPTED' | 'REJECTED',
  ): Promise<AnswerFate> {
    const { known, settled } = course;
    if (isClosed(known.row)) {
      return this.contradiction(tx, course, { code: 'answer-after-end', reason: '请求单已撤回、被拒收或已由人工认定，银行又有反馈' });
    }
    const settlement = settleLines(known.order, settled, judgement.content);
    if (settlement.contradicted.length > 0 && !settlement.news) {
      const lines = settlement.contradicted.join('、');
      return this.contradiction(tx, course, { code: 'contradictory-answer', reason: `银行对已办结的序号 ${lines} 又作出不同反馈` });
    }
    if (!settlement.news) {
      this.keep(tx, course, 'repeated', '');
      return 'repeated';
    }
    await this.publish(tx, course, settlement, judgement, delivery);
    return 'published';
  }

  private async publish(
    tx: Tx,
    course: Course,
    settlement: Settlement,
    judgement: Pick<Extract<Judgement, { kind: 'counts' }>, 'answeredAt' | 'receivedAt'>,
    delivery: 'ACCEPTED' | 'REJECTED' | 'UNKNOWN',
    code?: string,
  ): Promise<void> {
    const { announce, bank, clock } = this.context;
    const { known, original, hearing, settled } = course;
    const { news, contradicted, units } = settlement;
    if (!news) return;
    const { answeredAt, receivedAt } = judgement;
    const content = { original: { ...original }, answeredAt, receivedAt, ...outline(units, news), contradicted: [...contradicted] };
    const fact = { about: known, type: 'order.answered', content, actor: hearing.actor ?? `bank:${bank}` };
    const what = code === undefined ? 'published' : 'in-doubt';
    const write = (writing: Tx, factLeafHash: string): void => {
      announce.answered(writing, known, {
        ...news,
        orderNumber: known.row.order_number,
        bank,
        answeredAt,
        ...(receivedAt === undefined ? {} : { receivedAt }),
        original,
        receipts: hearing.receipts ?? [],
        factLeafHash,
      });
      this.keep(writing, course, what, factLeafHash);
    };
    // A doubt that is told after it must stand after it in the order's chain.
    if (contradicted.length === 0) announce.tell(tx, fact, write);
    else write(tx, await announce.fact(tx, known, fact.type, fact.content, fact.actor));
    await keepUnits(tx, known.row.order_number, units, settled, clock.now());
    await standAfterAnswer(this.context, tx, known.row, merge(settled, units), delivery, code);
    if (contradicted.length > 0) {
      const reason = `银行对已办结的序号 ${contradicted.join('、')} 又作出不同反馈`;
      await tellDoubt(this.context, tx, known, { code: 'contradictory-answer', reason });
    }
  }

  /** An answer that nobody can trust or read settles nothing; what was open is undetermined now. */
  private async doubt(tx: Tx, course: Course, doubt: Doubt): Promise<AnswerFate> {
    const { known, settled, hearing } = course;
    const { row, order } = known;
    if (hasEnded(row.standing)) return this.disregard(tx, course, doubt);
    const lines = doubtfulLines(order, settled, doubt.code.toUpperCase(), doubt.reason);
    const settlement = order.action === 'inquire' ? undefined : settleLines(order, settled, { control: { lines } });
    if (settlement?.news) {
      const answeredAt = instantText(this.context.clock.now());
      await this.publish(tx, course, settlement, { answeredAt }, hearing.worth.signature === 'valid' ? 'ACCEPTED' : 'UNKNOWN', doubt.code);
      return 'in-doubt';
    }
    if (row.standing === 'parked') return this.disregard(tx, course, doubt);
    await standAfterAnswer(this.context, tx, row, [], 'UNKNOWN', doubt.code);
    const leafHash = await tellDoubt(this.context, tx, known, doubt);
    this.keep(tx, course, 'in-doubt', leafHash);
    return 'in-doubt';
  }

  private async contradiction(tx: Tx, course: Course, doubt: Doubt): Promise<AnswerFate> {
    const leafHash = await tellDoubt(this.context, tx, course.known, doubt);
    this.keep(tx, course, 'contradictory', leafHash);
    return 'contradictory';
  }

  /** Whoever sends rubbish about an order that is over, or in doubt already, changes nothing; it leaves a fact. */
  private async disregard(tx: Tx, course: Course, doubt: Doubt): Promise<AnswerFate> {
    const content = { code: doubt.code, original: { ...course.original } };
    const leafHash = await this.context.announce.fact(tx, course.known, 'order.answer-disregarded', content);
    this.keep(tx, course, 'disregarded', leafHash);
    return 'disregarded';
  }

  private keep(tx: Tx, { known, original }: Course, what: AnswerFate, leafHash: string): void {
    const { digest, signature } = original;
    keepAnswer(tx, { orderNumber: known.row.order_number, digest, at: this.context.clock.now(), signature, what, leafHash });
  }
}

/** Ends that no answer may reopen: nothing left, or persons have decided. */
function isClosed({ standing, delivery }: SeenRow): boolean {
  return standing === 'withdrawn' || standing === 'settled' || standing === 'rejected' || delivery === 'READY';
}

/** What the leaf's content says of an answer beside its digest: enough to see later that a message told it right. */
function outline(units: readonly SettledUnit[], news: NonNullable<Settlement['news']>): object {
  if ('rollback' in news) return { rollback: news.rollback.code };
  if ('inquiry' in news) return { result: news.inquiry.result, holdings: news.inquiry.holdings.length };
  return { lines: units.map(({ seq, status }) => ({ seq, status })) };
}

function merge(settled: readonly SettledUnit[], units: readonly SettledUnit[]): readonly SettledUnit[] {
  return [...new Map([...settled, ...units].map((unit) => [unit.seq, unit])).values()];
}
