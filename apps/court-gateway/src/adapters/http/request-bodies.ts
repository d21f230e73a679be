import { Amount, Code, Day, Filter, OneOf, PageQuery, Part, Parts, strictValidation, Text, Words } from '#http';
import { AppError } from '#kernel';
import { ACTIONS, SCOPES, type Action, type Scope } from '#orders';
import type { RequestCommand } from '../../use-cases/post-request/command.js';

/** Lines, measures, debtors or banks that one body may name; policy may ask for fewer. */
const LISTED_MAX = 500;
const ID_LENGTH_MAX = 80;
const INSTRUMENTS_MAX = 50;
const REASON_MAX = 500;

const ref = (description: string, optional = false) => Code({ max: ID_LENGTH_MAX, description, optional });

export class PeriodBody {
  @Day({ example: '2026-01-01' })
  from!: string;

  @Day({ example: '2026-03-10' })
  to!: string;
}

class RequestBody {
  @OneOf(ACTIONS)
  action!: Action;

  @ref('案件')
  caseId!: string;

  @Words({
    optional: true,
    min: 1,
    max: INSTRUMENTS_MAX,
    lengthMax: ID_LENGTH_MAX,
    description: '所依据的文书；不填时取本案各类所需文书中最新的一份',
  })
  instrumentIds?: string[];

  @Text({ optional: true, max: REASON_MAX, lines: true, description: '理由' })
  reason?: string;
}

export class InquireBody extends RequestBody {
  declare action: 'inquire';

  @Words({ optional: true, min: 1, max: LISTED_MAX, lengthMax: ID_LENGTH_MAX, description: '被执行人；不填为本案全部' })
  debtorIds?: string[];

  @Words({ optional: true, min: 1, max: LISTED_MAX, lengthMax: ID_LENGTH_MAX, description: '银行；不填为全部在用银行' })
  banks?: string[];

  @Part(() => PeriodBody, { optional: true, description: '同时查询交易流水的起止日期；须经一人审批' })
  transactions?: PeriodBody;
}

export class FreezeLineBody {
  @ref('财产；与 bank、account 二选一', true)
  holdingId?: string;

  @Code({ optional: true, description: '银行' })
  bank?: string;

  @Code({ optional: true, description: '法人行；不填为该银行的第一家' })
  legalPerson?: string;

  @Text({ optional: true, max: 50, description: '账号' })
  account?: string;

  @ref('账户所有人；本案有多名被执行人时须填', true)
  debtorId?: string;

  @Amount({ example: '66213.50', description: '冻结限额' })
  amount!: string;

  @OneOf(SCOPES, { optional: true, description: 'funds 冻结金额（默认）；account 冻结整个账户，须说明理由并经两人审批' })
  scope?: Scope;
}

export class FreezeBody extends RequestBody {
  declare action: 'freeze';

  @ref('冻结方案；与 lines 二选一', true)
  planId?: string;

  @Parts(() => FreezeLineBody, { optional: true, max: LISTED_MAX })
  lines?: FreezeLineBody[];

  @Part(() => PeriodBody, { description: '冻结期限，首尾两日均计入' })
  term!: PeriodBody;
}

export class RenewBody extends RequestBody {
  declare action: 'renew';

  @Words({ min: 1, max: LISTED_MAX, lengthMax: ID_LENGTH_MAX })
  measureIds!: string[];

  @Day({ example: '2028-03-09', description: '新的止日' })
  until!: string;
}

export class ReleaseLineBody {
  @ref('控制措施')
  measureId!: string;

  @Amount({ optional: true, description: '解除的金额；与 newLimit 均不填为全部解除' })
  amount?: string;

  @Amount({ optional: true, description: '解除后的限额' })
  newLimit?: string;
}

export class ReleaseBody extends RequestBody {
  declare action: 'release';

  @Parts(() => ReleaseLineBody, { max: LISTED_MAX })
  lines!: ReleaseLineBody[];

  @Text({ optional: true, max: REASON_MAX, lines: true, description: '解除事由' })
  ground?: string;
}

export class DeductLineBody {
  @ref('控制措施')
  measureId!: string;

  @Amount({ example: '66213.50', description: '扣划金额' })
  amount!: string;
}

export class DeductBody extends RequestBody {
  declare action: 'deduct';

  @Parts(() => DeductLineBody, { max: LISTED_MAX })
  lines!: DeductLineBody[];
}

/** The class of each action's body; also what the interface's description lists. */
export const REQUEST_BODIES = {
  inquire: InquireBody,
  freeze: FreezeBody,
  renew: RenewBody,
  release: ReleaseBody,
  deduct: DeductBody,
} as const;

const pipe = strictValidation();

/**
 * Checks the shape of a posted request by the class of its action.
 * @throws AppError `invalid` with a pointer to each wrong member
 */
export async function parseRequest(body: unknown): Promise<RequestCommand> {
  const metatype = REQUEST_BODIES[actionOf(body)];
  const command = (await pipe.transform(body, { type: 'body', metatype })) as RequestCommand;
  if (command.action === 'inquire' && command.transactions && command.transactions.to < command.transactions.from) {
    throw wrong('/transactions/to', '止日早于起日');
  }
  if (command.action === 'freeze' && (command.planId === undefined) === (command.lines === undefined)) {
    throw wrong('/lines', 'planId 与 lines 须填且只填一项');
  }
  return command;
}

function actionOf(body: unknown): Action {
  const action: unknown = typeof body === 'object' && body !== null && 'action' in body ? body.action : undefined;
  const known = ACTIONS.find((one) => one === action);
  if (known === undefined) throw wrong('/action', `是以下之一：${ACTIONS.join('、')}`);
  return known;
}

function wrong(pointer: string, detail: string): AppError {
  return new AppError('invalid', `${pointer} ${detail}`, { errors: [{ pointer, detail }] });
}

const DECISIONS = ['approve', 'reject', 'return'] as const;

export class ApprovalBody {
  @OneOf(DECISIONS, { description: 'approve 批准、reject 不批准、return 退回修改' })
  decision!: (typeof DECISIONS)[number];

  @Text({ optional: true, max: REASON_MAX, lines: true, description: '理由' })
  reason?: string;
}

export class WithdrawBody {
  @Text({ optional: true, max: REASON_MAX, lines: true, description: '理由' })
  reason?: string;
}

export class ReserveBody {
  @ref('财产')
  holdingId!: string;

  @Amount({ example: '3120.33', description: '须保留的金额' })
  amount!: string;

  @Text({ max: 200, example: '生活必需费用', description: '依据' })
  basis!: string;
}

export class PlanBody {
  @Amount({ optional: true, description: '希望冻结的金额；不填为案件上限的余额' })
  amount?: string;

  @Parts(() => ReserveBody, { optional: true, min: 0, max: LISTED_MAX })
  reserves?: ReserveBody[];
}

export class RequestListQuery extends PageQuery {
  @Filter(ID_LENGTH_MAX, '案件')
  caseId?: string;

  @Filter(40, '状态')
  status?: string;
}

/** A body that may be left out altogether. @throws AppError `invalid` */
export async function optionalBody<T>(body: unknown, metatype: new () => T): Promise<T> {
  return (await pipe.transform(body ?? {}, { type: 'body', metatype })) as T;
}
