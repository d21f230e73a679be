import { AppError } from '#kernel';
import type { OrderDispatched } from '#contracts';
import { ACCOUNTS, idSchemeOf } from './codes.js';
import { leaf, tag } from './xml-writer.js';

/**
 * `SchCrit`: one customer, by name and identity document together, and his accounts. The profile knows no other question than that for every
 * role; which of them makes an account his property is for the reader to see.
 * @throws AppError `unsupported-by-dialect`
 */
export function writeCriteria({ debtor, officer, transactions }: OrderDispatched): string {
  if (transactions) throw new AppError('unsupported-by-dialect', '该银行的报文无法查询交易明细');
  const scheme = idSchemeOf(debtor.kind, debtor.idType);
  if (!scheme) throw new AppError('unsupported-by-dialect', `该银行的报文无法表达证件类型 ${debtor.idType}`);
  const other = tag('Othr', leaf('Id', debtor.idNumber, 35) + tag('SchmeNm', leaf(scheme.kind, scheme.code, 35)));
  const party = leaf('Nm', debtor.name, 140) + tag('Id', tag(debtor.kind === 'person' ? 'PrvtId' : 'OrgId', other));
  const asked =
    tag('Tp', leaf('MsgNmId', ACCOUNTS, 35)) +
    tag('InvstgtdRoles', leaf('Cd', 'ALLP', 4)) +
    leaf('AddtlInf', `承办人 ${officer.name}${officer.phone === undefined ? '' : ` 电话 ${officer.phone}`}`, 500);
  return tag('CstmrId', tag('Pty', party) + tag('AuthrtyReq', asked));
}
