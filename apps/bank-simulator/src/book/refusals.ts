/**
 * Why a line was not executed: the canonical words of docs/rules.md, Reasons and the Chinese text that a bank writes (2.10, WNKZYY).
 * Codes that only a court or a seal check can give are not in the list: the simulator never says them.
 */
export const REFUSAL_TEXTS = {
  NO_ACCOUNT: '无申请控制账号',
  ID_MISMATCH: '账户与当事人证件不符',
  NAME_MISMATCH: '账户户名与当事人姓名不符',
  ACCOUNT_NOT_OF_DEBTOR: '申请控制账号不属于该当事人',
  ACCOUNT_CLOSED: '账户已销户',
  EXEMPT_ACCOUNT: '该账户依法不得冻结、扣划',
  ORIGINAL_FREEZE_NOT_FOUND: '无原冻结请求信息或冻结编号',
  FREEZE_EXPIRED: '原冻结期限已届满，冻结效力消灭',
  AMOUNT_OVER_FROZEN: '申请金额超过该冻结实际控制金额',
  INSUFFICIENT_FUNDS: '账户可扣划现金不足（理财产品尚未赎回）',
  MEASURE_UNSUPPORTED: '暂不支持该控制措施',
  FORMAT: '申请控制内容不完整或不正确',
  SYSTEM: '系统处理异常',
} as const;

export type RefusalCode = keyof typeof REFUSAL_TEXTS;

/** Rollback codes (docs/rules.md, Reasons, XCHTYY) with the note that goes with them. */
export const ROLLBACK_NOTES: Readonly<Record<string, string>> = {
  '01': '主记录不存在',
  '02': '请求单号重复',
  '03': '报文结构错误',
  '04': '业务审核不通过',
  '0401': '缺少证件号码',
  '0402': '缺少执法人员证件',
  '0403': '缺少法律文书',
  '0404': '执行款账户信息有误',
  '05': 'XML 无法解析',
  '06': '通讯异常',
  '09': '其他',
};

export function rollbackNote(code: string): string {
  return ROLLBACK_NOTES[code] ?? '其他';
}
