import { Amount, Code, CurrencyCode, Day, Filter, OneOf, PageQuery, Part, Parts, Text, Version, Words } from '#http';
import { CASE_KINDS, CLOSE_MANNERS, ID_TYPES, PARTY_ROLES, type CloseManner, type PartyRole } from '#orders';
import { PARTIES_MAX } from '../../use-cases/file-case/new-case.js';
import { SATISFACTION_KINDS } from '../../use-cases/record-satisfaction/record-satisfaction.js';

const TAGS_MAX = 20;
const TAG_LENGTH_MAX = 50;
const PREDECESSORS_MAX = 20;
const CASE_NUMBER_MAX = 60;

export class MoneyBody {
  @Amount()
  amount!: string;

  @CurrencyCode()
  currency!: string;
}

export class DebtBody {
  @Amount({ example: '186500.00', description: '本金' })
  principal!: string;

  @Amount({ optional: true, example: '0.00', description: '利息' })
  interest?: string;

  @Day({ optional: true, description: '利息计至' })
  interestTo?: string;

  @Amount({ optional: true, example: '2697.50', description: '执行费' })
  fee?: string;
}

export class CourtAccountBody {
  @Text({ max: 100, example: '武昌区法院执行款专户' })
  name!: string;

  @Text({ max: 50, description: '一案一账号', example: '420101002026123400' })
  number!: string;

  @Text({ max: 50, optional: true, example: '4201-0100-2026-1234' })
  subAccount?: string;

  @Text({ max: 100, example: '汉口银行' })
  bankName!: string;

  @Text({ max: 30, example: '313521000000' })
  bankNumber!: string;
}

export class PredecessorBody {
  @Text({ max: CASE_NUMBER_MAX, example: '(2025)鄂0106执保88号' })
  caseNumber!: string;
}

export class PartyBody {
  @OneOf(PARTY_ROLES)
  role!: PartyRole;

  @OneOf(['person', 'organisation'])
  kind!: 'person' | 'organisation';

  @Text({ max: 200, example: '陈志远' })
  name!: string;

  @OneOf(ID_TYPES, { example: '01' })
  idType!: string;

  @Text({ max: 100, example: '420106190001010019' })
  idNumber!: string;

  @Amount({ optional: true, description: '责任限额，只用于被执行人' })
  liabilityCap?: string;
}

export class FileCaseBody {
  @Text({ max: CASE_NUMBER_MAX, example: '(2026)鄂0106执1234号' })
  caseNumber!: string;

  @Code({ example: '420106' })
  courtCode!: string;

  @OneOf(CASE_KINDS, { optional: true, description: '案件类别；不填时按案号类型' })
  kind?: string;

  @Day()
  filedOn!: string;

  @Text({ max: 200, optional: true, example: '买卖合同纠纷' })
  cause?: string;

  @Words({ optional: true, max: TAGS_MAX, lengthMax: TAG_LENGTH_MAX, example: ['涉民生'] })
  tags?: string[];

  @Part(() => MoneyBody, { optional: true, description: '标的额上限；与 debt 择一' })
  ceiling?: MoneyBody;

  @Part(() => DebtBody, { optional: true, description: '债权明细；与 ceiling 择一' })
  debt?: DebtBody;

  @Part(() => CourtAccountBody, { optional: true, description: '执行款账户，须在本院登记簿内' })
  courtAccount?: CourtAccountBody;

  @Parts(() => PredecessorBody, { optional: true, min: 0, max: PREDECESSORS_MAX })
  predecessors?: PredecessorBody[];

  @Parts(() => PartyBody, { max: PARTIES_MAX })
  parties!: PartyBody[];
}

export class CaseListQuery extends PageQuery {
  @Filter(CASE_NUMBER_MAX, '案号，精确匹配')
  caseNumber?: string;

  @OneOf(['open', 'suspended', 'closed'], { optional: true })
  status?: string;

  @Filter(TAG_LENGTH_MAX, '标签，精确匹配')
  tag?: string;
}

export class DebtChangeBody extends DebtBody {
  @Version()
  version!: number;

  @Text({ max: 500, example: '利息计至今日' })
  reason!: string;
}

export class CourtAccountChangeBody extends CourtAccountBody {
  @Version()
  version!: number;

  @Text({ max: 500, example: '更换子账号' })
  reason!: string;
}

export class ChangeApprovalBody {
  @OneOf(['approve', 'reject', 'return'])
  decision!: 'approve' | 'reject' | 'return';

  @Text({ max: 500, optional: true, lines: true })
  reason?: string;
}

export class SatisfactionBody {
  @Amount()
  amount!: string;

  @OneOf(SATISFACTION_KINDS)
  kind!: (typeof SATISFACTION_KINDS)[number];

  @Day()
  on!: string;

  @Text({ max: 1000, lines: true, example: '收条及转账凭证' })
  evidence!: string;
}

export class CloseBody {
  @OneOf(CLOSE_MANNERS)
  manner!: CloseManner;

  @Text({ max: 1000, lines: true, example: '执行完毕' })
  reason!: string;
}

export class ReasonBody {
  @Text({ max: 500, example: '核对户名' })
  reason!: string;
}
