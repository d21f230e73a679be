import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { ANSWERS_TOPIC, decodeBody, NOTICES_TOPIC, ORDER_EVENTS_TOPIC, type BankNotified } from '#contracts';
import { AppError, errorText, failPoint, invariant } from '#kernel';
import { InboxReader, type InboxReaderOptions, type Message, type Relay } from '#messaging';
import { placeholders, type Row } from '#persistence';
import type { DataKey } from '#privacy';
import { GATEWAY_RELAY, PARTS, type GatewayParts } from '../../gateway-parts.js';
import { ConfirmErasure } from '../../use-cases/erase-case/confirm-erasure.js';
import { RecordAnswer, type ArrivedAnswer } from '../../use-cases/record-answer/record-answer.js';
import { translateAnswer } from '../../use-cases/record-answer/translate-answer.js';
import { RecordNotice } from '../../use-cases/record-notice/record-notice.js';
import { RecordProgress } from '../../use-cases/record-progress/record-progress.js';
import { RecordStatement } from '../../use-cases/record-statement/record-statement.js';
import { Vault } from '../../vault.js';
import { OrdersInHand } from '../store/orders-in-hand.js';
import { Arrivals, type Opened } from './arrivals.js';

interface OrderCase extends Row {
  readonly case_id: string;
}

/** An officer does not see whether an order was sent now or a moment ago; an answer waits for nothing. */
const PROGRESS_PATIENCE_MS = 150;

/** The use cases that messages drive. */
@Injectable()
export class MessageUseCases {
  constructor(
    @Inject(RecordAnswer) readonly answers: RecordAnswer,
    @Inject(RecordNotice) readonly notices: RecordNotice,
    @Inject(RecordProgress) readonly progress: RecordProgress,
    @Inject(ConfirmErasure) readonly erasures: ConfirmErasure,
    @Inject(RecordStatement) readonly statements: RecordStatement,
  ) {}
}

/** Reads what connectors say: answers, progress and notices, each topic with marks of its own, many messages sharing a commit (I4). */
@Injectable()
export class GatewayReaders implements OnApplicationBootstrap {
  /** For their dead letters. */
  readonly all: readonly InboxReader[];

  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(MessageUseCases) private readonly useCases: MessageUseCases,
    @Inject(GATEWAY_RELAY) private readonly relay: Relay,
    @Inject(OrdersInHand) private readonly inHand: OrdersInHand,
  ) {
    this.all = [this.answers(), this.progress(), this.notices()];
  }

  async onApplicationBootstrap(): Promise<void> {
    // Side by side: joining a group takes most of a second, and a gateway that starts again is waited for.
    await Promise.all(this.all.map((reader) => reader.start()));
  }

  private reader(
    options: Pick<InboxReaderOptions, 'reader' | 'topics' | 'patienceMs' | 'handlers' | 'prepare' | 'load' | 'afterBatch'>,
  ): InboxReader {
    const { database, bus, clock, log } = this.parts;
    return new InboxReader({ database, bus, clock, log, ...options });
  }

  private answers(): InboxReader {
    const indexOf = (account: string): string => this.vault.blind.of('account', account);
    const arrive = (message: Message, { body, ...of }: Opened<ArrivedAnswer['body']>): ArrivedAnswer => {
      const translated = translateAnswer(body, indexOf, this.parts.clock.now());
      return { messageId: message.id, sealed: message.body, body, ...of, translated };
    };
    const arrivals = new Arrivals('order.answered.v1', this.vault, this.parts.log, arrive);
    return this.reader({
      reader: 'gateway-answers',
      topics: [ANSWERS_TOPIC],
      prepare: (batch) => arrivals.prepare(batch),
      // An answer's key is its order's number.
      load: (tx, messages) =>
        this.inHand.take(
          tx,
          messages.map(({ key }) => key),
          true,
        ),
      handlers: {
        'order.answered.v1': async (tx, message) => {
          await this.useCases.answers.execute(tx, arrivals.take(message));
          failPoint('gateway.answer-before-commit');
        },
      },
      afterBatch: () => {
        failPoint('gateway.answer-after-commit');
        arrivals.forget();
        this.relay.nudge();
      },
    });
  }

  private notices(): InboxReader {
    const arrive = (_: Message, opened: Opened<BankNotified>): Opened<BankNotified> => opened;
    const arrivals = new Arrivals('bank.notified.v1', this.vault, this.parts.log, arrive);
    return this.reader({
      reader: 'gateway-notices',
      topics: [NOTICES_TOPIC],
      prepare: (batch) => arrivals.prepare(batch),
      handlers: {
        'bank.notified.v1': async (tx, message) => {
          const { body, caseId, caseKey } = arrivals.take(message);
          await this.useCases.notices.execute(tx, body, caseId, caseKey);
        },
        'bank.stated.v1': (tx, message) => this.useCases.statements.execute(tx, decodeBody('bank.stated.v1', message.body)),
      },
      afterBatch: () => {
        arrivals.forget();
        this.relay.nudge();
      },
    });
  }

  private progress(): InboxReader {
    const keys = new Map<string, DataKey>();
    return this.reader({
      reader: 'gateway-order-events',
      topics: [ORDER_EVENTS_TOPIC],
      patienceMs: PROGRESS_PATIENCE_MS,
      prepare: (batch) => this.loadKeys(batch, keys),
      load: (tx, messages) => this.inHand.take(tx, messages.flatMap(orderNumberOf)),
      handlers: {
        'order.progressed.v1': async (tx, message) => {
          await this.useCases.progress.execute(tx, decodeBody('order.progressed.v1', message.body), (caseId) => {
            const key = keys.get(caseId);
            invariant(key, 'the keys of the cases of a batch were fetched');
            return key;
          });
          failPoint('gateway.progress-before-commit');
        },
        'case.erased.v1': (tx, message) => this.useCases.erasures.execute(tx, decodeBody('case.erased.v1', message.body), message.at),
      },
      afterBatch: () => {
        failPoint('gateway.progress-after-commit');
        keys.clear();
        this.relay.nudge();
      },
    });
  }

  /** Progress carries no personal data and so no case; the orders tell whose key the facts need. */
  private async loadKeys(batch: readonly Message[], keys: Map<string, DataKey>): Promise<void> {
    const numbers = [...new Set(batch.flatMap(orderNumberOf))];
    if (numbers.length === 0) return;
    const rows = await this.parts.database.reader.all<OrderCase>(
      `SELECT DISTINCT case_id FROM orders WHERE order_number IN (${placeholders(numbers.length)})`,
      numbers,
    );
    for (const { case_id } of rows) {
      try {
        keys.set(case_id, await this.vault.keyOf(case_id));
      } catch (error) {
        // Its message then fails alone, where its effect would be.
        this.parts.log.write('warn', 'case-key-unavailable', { caseId: case_id, reason: errorText(error) });
      }
    }
  }
}

/** `taken` needs no key, and a body that does not read fails where its effect would be. */
function orderNumberOf(message: Message): readonly string[] {
  if (message.type !== 'order.progressed.v1') return [];
  try {
    const { orderNumber, event } = decodeBody('order.progressed.v1', message.body);
    return event === 'taken' ? [] : [orderNumber];
  } catch (error) {
    if (error instanceof AppError) return [];
    throw error;
  }
}
