import type { FactoryProvider } from '@nestjs/common';
import { AppError } from '#kernel';
import { GatewayReaders, MessageUseCases } from './adapters/bus/gateway-readers.js';
import { DeadLettersController } from './adapters/http/dead-letters.controller.js';
import { EventsController } from './adapters/http/events.controller.js';
import { HoldingsController } from './adapters/http/holdings.controller.js';
import { LedgerClient } from './adapters/http/ledger-client.js';
import { MeasuresController } from './adapters/http/measures.controller.js';
import { OrderExportController } from './adapters/http/order-export.controller.js';
import { OrdersController } from './adapters/http/orders.controller.js';
import { PaymentsController } from './adapters/http/payments.controller.js';
import { ProofsController } from './adapters/http/proofs.controller.js';
import { TasksController } from './adapters/http/tasks.controller.js';
import { OrdersInHand } from './adapters/store/orders-in-hand.js';
import { Tasks } from './adapters/store/task-rows.js';
import { PARTS, type GatewayParts } from './gateway-parts.js';
import type { RequestFeature } from './request-feature.js';
import { DoTask } from './use-cases/do-task/do-task.js';
import { ExportOrders } from './use-cases/export-orders/export-orders.js';
import { MoneyBook } from './use-cases/keep-money/money-book.js';
import { MONEY_WATCH } from './use-cases/money-watch.js';
import { LEDGER, type LedgerPort } from './use-cases/prove-request/ledger-port.js';
import { ProveRequest } from './use-cases/prove-request/prove-request.js';
import { LettersAgain } from './use-cases/redrive-letter/letters-again.js';
import { ReadOrder } from './use-cases/read-order/read-order.js';
import { AnswerTasks } from './use-cases/record-answer/answer-tasks.js';
import { ControlEffects } from './use-cases/record-answer/control-effects.js';
import { InquiryEffects } from './use-cases/record-answer/inquiry-effects.js';
import { AnswerEffects, AnswerPorts, RecordAnswer } from './use-cases/record-answer/record-answer.js';
import { NoticeEffects } from './use-cases/record-notice/notice-effects.js';
import { NoticePorts, RecordNotice } from './use-cases/record-notice/record-notice.js';
import { ProgressPorts, RecordProgress } from './use-cases/record-progress/record-progress.js';
import { REFRESH_FIGURES } from './use-cases/refresh-figures.js';
import { ResolutionWatch } from './use-cases/resolve-order/resolution-watch.js';
import { ResolutionPorts, ResolveOrder } from './use-cases/resolve-order/resolve-order.js';
import { PaymentPorts, SettlePayment } from './use-cases/settle-payment/settle-payment.js';
import { SettleOrder } from './use-cases/settle-order/settle-order.js';
import { ReadMoney } from './use-cases/show-money/read-money.js';
import { StreamEvents } from './use-cases/stream-events/stream-events.js';
import { DeadlineEffects, WatchDeadlines } from './use-cases/watch-deadlines/watch-deadlines.js';
import { AskAgain } from './use-cases/watch-money/ask-again.js';
import { ExcessWatch } from './use-cases/watch-money/excess-watch.js';

const noLedger: LedgerPort = {
  proofsOf: () => Promise.reject(new AppError('unavailable', '本网关未配置账本地址', { retryable: true })),
  vkeyOf: () => Promise.reject(new AppError('unavailable', '本网关未配置账本地址', { retryable: true })),
  edgeOf: () => Promise.reject(new AppError('unavailable', '本网关未配置账本地址', { retryable: true })),
};

const ledger: FactoryProvider<LedgerPort> = {
  provide: LEDGER,
  inject: [PARTS],
  useFactory: (parts: GatewayParts) => {
    if (parts.ledger) return parts.ledger;
    return parts.ledgerUrl === undefined ? noLedger : new LedgerClient(parts.ledgerUrl, parts.tokens.issuer, parts.clock);
  },
};

/** Everything after dispatch: progress, answers, notices, measures, payments, tasks, deadlines, events and proofs. */
export const answerFeature: RequestFeature = {
  controllers: [
    HoldingsController,
    MeasuresController,
    PaymentsController,
    TasksController,
    OrderExportController,
    OrdersController,
    EventsController,
    ProofsController,
    DeadLettersController,
  ],
  providers: [
    ledger,
    Tasks,
    MoneyBook,
    OrdersInHand,
    SettleOrder,
    AnswerTasks,
    ControlEffects,
    InquiryEffects,
    NoticeEffects,
    ResolutionWatch,
    AnswerEffects,
    AnswerPorts,
    RecordAnswer,
    NoticePorts,
    RecordNotice,
    ProgressPorts,
    RecordProgress,
    MessageUseCases,
    GatewayReaders,
    LettersAgain,
    ExcessWatch,
    { provide: MONEY_WATCH, useExisting: ExcessWatch },
    AskAgain,
    { provide: REFRESH_FIGURES, useExisting: AskAgain },
    DeadlineEffects,
    WatchDeadlines,
    ResolutionPorts,
    ResolveOrder,
    PaymentPorts,
    SettlePayment,
    DoTask,
    ReadMoney,
    ReadOrder,
    ExportOrders,
    StreamEvents,
    ProveRequest,
  ],
};
