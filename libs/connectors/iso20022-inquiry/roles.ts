import { NotReadable } from '#connector-sdk';
import { CO_OWNERS_MAX, type OrderDispatched } from '#contracts';
import { childrenNamed, elementAt, textAt } from './elements.js';
import { codeIn, NO_NUMBERS, OWNERS, ROLES } from './codes.js';
import { dayAt } from './values.js';

/** What a customer has to do with a thing. */
export interface Standing {
  readonly isOwner: boolean;
  /** Names of the others who own it. */
  readonly coOwners: readonly string[];
}

/**
 * Reads the roles of an account or a box. It is property of its owner alone (R25): who may only use it has none of it, and a role that is over
 * counts no more.
 * @param day the day that the answer speaks of
 * @throws NotReadable when a role is not known, when there are too many, when somebody cannot be told from the debtor, or when the debtor has no role at all
 */
export function standingOf(roles: readonly Element[], { idNumber }: OrderDispatched['debtor'], day: string): Standing {
  const read = roles.map((role) => ({ ...roleOf(role), isDebtor: numbersOf(role).includes(idNumber) }));
  if (!read.some(({ isDebtor }) => isDebtor)) throw new NotReadable('something is told of others than the debtor');
  const owners = read.filter(({ role, until }) => role === 'owner' && (until === undefined || until >= day));
  const coOwners = [...new Set(owners.filter(({ isDebtor }) => !isDebtor).map(({ name }) => name))];
  if (coOwners.length > CO_OWNERS_MAX) throw new NotReadable(`more than ${CO_OWNERS_MAX} owners beside the debtor`);
  return { isOwner: owners.some(({ isDebtor }) => isDebtor), coOwners };
}

interface Role {
  readonly role: 'owner' | 'user';
  readonly name: string;
  /** Last day. */
  readonly until: string | undefined;
}

/** `Tp` says nothing where a role of the scheme RLTP stands beside it. */
function roleOf(element: Element): Role {
  const own = elementAt(element, 'OwnrTp', 'Prtry');
  const role = own ? ownRoleOf(own) : codeIn(OWNERS, textAt(element, 'OwnrTp', 'Tp') ?? '', 'the kind of owner');
  return { role, name: textAt(element, 'Pty', 'Nm') ?? '未反馈姓名', until: dayAt(element, 'EndDt') };
}

function ownRoleOf(own: Element): Role['role'] {
  if (textAt(own, 'SchmeNm') !== 'RLTP') throw new NotReadable('the role of a party is of a scheme that is not known');
  return codeIn(ROLES, textAt(own, 'Id') ?? '', 'the role');
}

/** Everything by which a party may be known. @throws NotReadable when that is nothing */
export function numbersOf(role: Element): readonly string[] {
  const id = elementAt(role, 'Pty', 'Id');
  const kind = id && (elementAt(id, 'PrvtId') ?? elementAt(id, 'OrgId'));
  const numbers = (kind ? childrenNamed(kind, 'Othr') : [])
    .filter((other) => !NO_NUMBERS.has(textAt(other, 'SchmeNm', 'Cd') ?? ''))
    .map((other) => textAt(other, 'Id') ?? '');
  if (numbers.length === 0) throw new NotReadable('a party is told without a number');
  return numbers;
}
