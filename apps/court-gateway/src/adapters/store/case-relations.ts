import type { Reader } from '#persistence';

/**
 * Whether somebody has a part in a case: he handles it, has posted a request or proposed a change in it, or has decided on a request of it.
 * An approver has one as soon as anything in the case needs approval, because he must read before he decides.
 */
export async function hasPart(reader: Reader, caseId: string, userId: string, isApprover: boolean): Promise<boolean> {
  const row = await reader.one<{ part: number }>(
    `SELECT EXISTS(SELECT 1 FROM case_handlers WHERE case_id = ? AND user_id = ?)
       OR EXISTS(SELECT 1 FROM requests WHERE case_id = ? AND (by_user = ? OR (? = 1 AND required <> '')))
       OR EXISTS(SELECT 1 FROM case_changes WHERE case_id = ? AND (by_user = ? OR ? = 1))
       OR EXISTS(SELECT 1 FROM approvals a JOIN requests r ON r.id = a.request_id WHERE r.case_id = ? AND a.by_user = ?) AS part`,
    [caseId, userId, caseId, userId, isApprover ? 1 : 0, caseId, userId, isApprover ? 1 : 0, caseId, userId],
  );
  return row?.part === 1;
}
