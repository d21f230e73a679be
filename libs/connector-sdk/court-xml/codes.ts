import type { ControlLine } from '#contracts';
import type { DialectCodes } from '../profile-codes.js';
import type { StatusTable } from '../status-table.js';

/**
 * The code tables of the records, each whole. What is not in a table is never guessed at: the reader makes the line `undetermined` or the
 * answer unreadable (I6). MAPPINGS.md of the connectors explains the choices.
 */

/** 控制措施 KZCS. Four of them are executed by banks; the others have names so that a reader can say what it refuses. */
export const MEASURES = {
  '01': 'freeze',
  '02': 'renew',
  '03': 'waiting-freeze',
  '04': 'release',
  '05': 'release-waiting',
  '06': 'deduct',
  '07': 'withdraw-income',
  '08': 'freeze-and-deduct',
} as const;

/** Our actions as KZCS. A freeze behind an earlier one is a 01 as well: the bank says by rank and coverage that it waits. */
export const MEASURE_CODES = { freeze: '01', renew: '02', release: '04', deduct: '06' } as const;

/** 控制类型 KZLX. */
export const PROPERTY_TYPES = { '1': 'deposit', '2': 'asset' } as const;

/** 申请控制内容 KZNR. */
export const SCOPES = { '1': 'funds', '2': 'account' } as const;
export const SCOPE_CODES = { funds: '1', account: '2' } as const;

/** 性质 XZ and 请求类别 LB of a request's head. */
export const NATURE_CODES = { inquiry: '1', control: '2' } as const;
export const COMMERCIAL_BANK = 'YH';

/** 证件类型 ZJLX of 2016. 统一社会信用代码 has no code in it and travels as an extension (EX1_IDTYPE). */
export const ID_TYPES = {
  '01': '居民身份证',
  '02': '户口簿',
  '03': '中国护照',
  '04': '外国护照',
  '05': '港澳居民来往内地通行证',
  '06': '港澳同胞回乡证',
  '07': '台湾居民来往大陆通行证',
  '08': '解放军士兵证',
  '09': '军官证',
  '10': '文职干部证',
  '11': '离休干部荣誉证',
  '12': '军官退休证',
  '13': '文职干部退休证',
  '14': '武警士兵证',
  '15': '武警警官证',
  '16': '武警文职',
  '17': '武警离休',
  '18': '武警警官退休证',
  '19': '武警文职退休证',
  '20': '组织机构代码证',
} as const;
export const SOCIAL_CREDIT_CODE = 'USCC';

/** 文书类别 WSLB by our types of document. */
export const DOCUMENT_CLASSES = {
  'inquiry-notice': '协助查询存款通知书',
  'freeze-ruling': '冻结裁定书',
  'freeze-notice': '协助冻结存款通知书',
  'release-ruling': '解除冻结裁定书',
  'release-notice': '协助解除冻结存款通知书',
  'deduct-ruling': '扣划裁定书',
  'deduct-notice': '协助扣划存款通知书',
  'preservation-application': '财产保全申请书',
} as const;
export const RECEIPT_CLASS = '回执';

/**
 * 控制结果 KZZT, alone or with the extension EX1_STATUS behind a stroke. 2016 knows controlled and not controlled; a part, and work that goes
 * on, are said beside them, so that a reader of 2016 still sees whether anything is controlled now.
 */
export const COURT_STATUS_TABLE = {
  '1': 'executed',
  '2': 'refused',
  '1/partial': 'partly-executed',
  '2/processing': 'in-progress',
} as const satisfies Readonly<Record<string, ControlLine['status']>>;

/** 回退原因 XCHTYY. */
export const ROLLBACK_CODES = {
  '01': '主记录不存在',
  '02': '主键冲突',
  '03': '结构错误',
  '04': '业务审核不通过',
  '0401': '缺少证件号码',
  '0402': '缺少执法人员证件',
  '0403': '缺少法律文书',
  '0404': '执行款专户信息有误',
  '05': 'XML 无法解析',
  '06': '通讯异常',
  '09': '其他',
} as const;

/** 账户类别 CCLB. A bank's own word that is not here is shown as it is and stands for no kind of ours. */
export const ACCOUNT_KINDS: DialectCodes['accountKind'] = {
  活期: 'current',
  储蓄: 'savings',
  定期: 'term',
  工资户: 'wages',
  理财: 'wealth-product',
  保证金: 'margin',
  销户: 'closed',
  '11': 'current',
  '12': 'term',
};

/** 账户状态 ZHZT, free text in 2016. Another word is shown as it is. */
export const ACCOUNT_STATES: DialectCodes['accountState'] = { 正常: 'normal', 销户: 'closed' };

/** 借贷方向 ZJLX of a booking. */
export const DIRECTIONS = { 借: 'debit', 贷: 'credit', D: 'debit', C: 'credit' } as const;

/** 权利类型 QLLX that names an owner beside the debtor; every other type is a right that comes before. */
export const CO_OWNER = '共有';

/** What an inquiry found, where the record says it (EX1_RESULT). */
export const INQUIRY_RESULTS = { found: 'found', 'no-account': 'no-account', 'identity-mismatch': 'identity-mismatch' } as const;
/** What banks write where there is no account (R27). */
export const NOTHING_FOUND = '查无开户信息';

/** 未能控制原因 WNKZYY: texts that were seen, as the canonical words of docs/rules.md. The bank's own word (EX1_REASON) comes first. */
export const REASON_TEXTS: DialectCodes['reason'] = {
  查无账户信息: 'NO_ACCOUNT',
  无申请控制账号: 'NO_ACCOUNT',
  无原冻结请求信息或冻结编号: 'ORIGINAL_FREEZE_NOT_FOUND',
  暂不支持该控制措施: 'MEASURE_UNSUPPORTED',
  系统处理异常: 'SYSTEM',
  账户与当事人证件不符: 'ID_MISMATCH',
  账户户名与当事人姓名不符: 'NAME_MISMATCH',
  账户已销户: 'ACCOUNT_CLOSED',
  存款账户行外划拨失败: 'INTERBANK_RETURNED',
};
export const OTHER_REASON = 'OTHER';

/** What became of deducted money (EX1_CREDIT). */
export const CREDIT_STATES = { sent: 'sent', credited: 'credited', returned: 'returned' } as const;

export const ENDINGS = { released: 'released', expired: 'expired', exhausted: 'exhausted' } as const;
export const PERMISSIONS = { no: 'no', yes: 'yes', 'above-reserve': 'above-reserve' } as const;

/** The tables of a dialect of these records, by our words. Restrictions, and reasons in EX1_REASON, are said in our words where they are said. */
export function courtCodes(status: StatusTable): DialectCodes {
  return {
    status: status as DialectCodes['status'],
    result: INQUIRY_RESULTS,
    reason: REASON_TEXTS,
    rollback: Object.fromEntries(Object.keys(ROLLBACK_CODES).map((code) => [code, code])) as DialectCodes['rollback'],
    accountKind: ACCOUNT_KINDS,
    accountState: ACCOUNT_STATES,
    restriction: {},
    credit: CREDIT_STATES,
  };
}
