import { LapseApprovals } from './use-cases/lapse-approvals/lapse-approvals.js';
import { OrderNumbers } from './adapters/store/order-numbers.js';
import { RequestEvents } from './adapters/store/request-events.js';
import { PlansController } from './adapters/http/plans.controller.js';
import { RequestActsController } from './adapters/http/requests-acts.controller.js';
import { RequestsController } from './adapters/http/requests.controller.js';
import type { RequestFeature } from './request-feature.js';
import { DecideApproval } from './use-cases/decide-approval/decide-approval.js';
import { PrepareApproval } from './use-cases/decide-approval/prepare-approval.js';
import { DispatchOrders } from './use-cases/dispatch-orders/dispatch-orders.js';
import { OrderPapers } from './use-cases/dispatch-orders/order-papers.js';
import { ReleaseOrders } from './use-cases/dispatch-orders/release-orders.js';
import { DraftRelease } from './use-cases/draft-system-request/draft-release.js';
import { DraftSystemRequest, DraftTools } from './use-cases/draft-system-request/draft-system-request.js';
import { SystemPapers } from './use-cases/draft-system-request/system-papers.js';
import { RequestJudge } from './use-cases/judge-request/request-judge.js';
import { PlanFreeze } from './use-cases/plan-freeze/plan-freeze.js';
import { RequestBatch } from './adapters/http/request-batch.js';
import { AcceptRequest } from './use-cases/post-request/accept-request.js';
import { PostRequest } from './use-cases/post-request/post-request.js';
import { StoreRequest } from './use-cases/post-request/store-request.js';
import { ReadRequests } from './use-cases/read-request/read-requests.js';
import { noRefresh, REFRESH_FIGURES } from './use-cases/refresh-figures.js';
import { SYSTEM_REQUESTS } from './use-cases/system-requests.js';
import { WithdrawRequest } from './use-cases/withdraw-request/withdraw-request.js';

/** Requests from posting to dispatch. */
export const postingFeature: RequestFeature = {
  controllers: [RequestsController, RequestActsController, PlansController],
  providers: [
    { provide: REFRESH_FIGURES, useValue: noRefresh },
    { provide: SYSTEM_REQUESTS, useExisting: DraftSystemRequest },
    SystemPapers,
    DraftRelease,
    DraftTools,
    DraftSystemRequest,
    OrderNumbers,
    RequestEvents,
    RequestJudge,
    OrderPapers,
    DispatchOrders,
    ReleaseOrders,
    StoreRequest,
    AcceptRequest,
    PostRequest,
    RequestBatch,
    PrepareApproval,
    DecideApproval,
    WithdrawRequest,
    LapseApprovals,
    PlanFreeze,
    ReadRequests,
  ],
};
