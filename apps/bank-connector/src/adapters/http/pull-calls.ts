import type { BroughtAnswer, PullCall, PullContent, PullReply, UploadResult } from '#connector-sdk';
import { AppError } from '#kernel';
import type { KeyRing } from '#trust';
import type { BankHost } from '../../bank-host.js';
import type { Door } from '../../open-bank.js';
import { AcknowledgeOrders } from '../../use-cases/acknowledge-orders/acknowledge-orders.js';
import { KeepPart, withParts } from '../../use-cases/keep-part/keep-part.js';
import { ReceiveAnswer } from '../../use-cases/receive-answer/receive-answer.js';
import { ServeOrders } from '../../use-cases/serve-orders/serve-orders.js';
import type { AnswerFate } from '../store/answer-rows.js';
import { assertSignedIn } from './bank-sign-in.js';

type PullDoor = Extract<Door, { kind: 'pull' }>;

/** Orders on a page where the bank names no number. */
const PAGE = 100;

/** Carries one call of a bank that polls to its use case, whatever the envelope. */
export class PullCalls {
  private readonly serve: ServeOrders;

  constructor(
    private readonly host: BankHost,
    private readonly door: PullDoor,
    private readonly keys: KeyRing,
  ) {
    this.serve = new ServeOrders(host.context, host.documents);
  }

  /** @throws AppError `unauthenticated`, `invalid`, `not-found` and what the store throws; then nothing has changed */
  async answer(call: PullCall): Promise<PullReply> {
    assertSignedIn(this.door, call);
    switch (call.operation) {
      case 'query-list':
        return { kind: 'orders', orders: await this.serve.page('inquiries', call.limit ?? PAGE) };
      case 'control-list':
        return { kind: 'orders', orders: await this.serve.page('controls', call.limit ?? PAGE) };
      case 'documents':
        return { kind: 'documents', ...(await this.serve.documentsOf(call.orderNumber ?? '')) };
      case 'credentials':
        return { kind: 'credentials', ...(await this.serve.credentialsOf(call.orderNumber ?? '')) };
      default:
        return { kind: 'results', results: await this.take(call, this.door.connector.readContent(call)) };
    }
  }

  private async take(call: PullCall, content: PullContent): Promise<readonly UploadResult[]> {
    if (content.kind === 'receipts') return this.acknowledge(content.receipts);
    const takeOne = call.operation === 'transactions' ? this.keep.bind(this) : this.receive.bind(this);
    return Promise.all(content.answers.map((answer) => unlessRefused(answer, () => takeOne(answer))));
  }

  private async receive({ orderNumber, heard }: BroughtAnswer): Promise<UploadResult> {
    const { context } = this.host;
    const translation = await withParts(context, this.door.connector, orderNumber);
    const { fate } = await new ReceiveAnswer(context, translation, this.keys).execute(heard, orderNumber);
    return isTaken(fate)
      ? { orderNumber, result: 'ok' }
      : { orderNumber, result: 'error', message: '反馈的签名或内容无法确认，请重新上传' };
  }

  private async keep({ orderNumber, heard }: BroughtAnswer): Promise<UploadResult> {
    await new KeepPart(this.host.context, this.keys).execute(orderNumber, heard);
    return { orderNumber, result: 'ok' };
  }

  /** Orders that the bank received at one moment are acknowledged together. */
  private async acknowledge(receipts: Extract<PullContent, { kind: 'receipts' }>['receipts']): Promise<readonly UploadResult[]> {
    const acknowledge = new AcknowledgeOrders(this.host.context);
    const moments = new Map<string | undefined, string[]>();
    for (const { orderNumber, receivedAt } of receipts) moments.set(receivedAt, [...(moments.get(receivedAt) ?? []), orderNumber]);
    const known = await Promise.all([...moments].map(([receivedAt, orderNumbers]) => acknowledge.execute(orderNumbers, receivedAt)));
    return known
      .flat()
      .map(({ orderNumber, result }) =>
        result === 'ok' ? { orderNumber, result } : { orderNumber, result: 'error', message: '没有该请求单' },
      );
  }
}

/** Errors that are the answer's own, and that no repetition will mend. */
const REFUSED: ReadonlySet<string> = new Set(['invalid', 'not-found', 'content-erased']);

/** One answer that is wrong leaves the others of its upload whole. */
async function unlessRefused({ orderNumber }: BroughtAnswer, take: () => Promise<UploadResult>): Promise<UploadResult> {
  try {
    return await take();
  } catch (error) {
    if (!(error instanceof AppError) || !REFUSED.has(error.code)) throw error;
    return { orderNumber, result: 'error', message: error.message };
  }
}

function isTaken(fate: AnswerFate): boolean {
  return fate === 'published' || fate === 'repeated' || fate === 'contradictory';
}
