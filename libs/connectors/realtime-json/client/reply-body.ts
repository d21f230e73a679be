import { AppError, instantText, parseInstant, parseStrictJson } from '#kernel';

type Members = Readonly<Record<string, unknown>>;

/** The members of a reply that is not an answer; nothing when it is no JSON object. */
export function replyMembers(body: Buffer): Members {
  try {
    const parsed = parseStrictJson(body);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? (parsed as Members) : {};
  } catch (error) {
    // A gateway between us and the bank may answer with a page of its own; then only the status counts.
    if (error instanceof AppError) return {};
    throw error;
  }
}

/** The bank's time of receipt in our one form, when it stated a time. */
export function receivedAtOf(members: Members): { readonly receivedAt?: string } {
  const stated = members['receivedAt'];
  if (typeof stated !== 'string') return {};
  try {
    return { receivedAt: instantText(parseInstant(stated)) };
  } catch (error) {
    if (error instanceof AppError) return {};
    throw error;
  }
}
