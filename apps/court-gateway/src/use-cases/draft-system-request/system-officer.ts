import type { Reader } from '#persistence';
import { handlersOf } from '../../adapters/store/case-rows.js';
import { findOfficerByUsername, type OfficerRow } from '../../adapters/store/officer-rows.js';

/** Whose credentials travel with what the system drafts: the first handler of the case who stands in the register. */
export async function officerOfCase(reader: Reader, caseId: string): Promise<OfficerRow | undefined> {
  for (const userId of await handlersOf(reader, caseId)) {
    const user = await reader.one<{ username: string }>('SELECT username FROM users WHERE id = ?', [userId]);
    const officer = user && (await findOfficerByUsername(reader, user.username));
    if (officer) return officer;
  }
  return undefined;
}
