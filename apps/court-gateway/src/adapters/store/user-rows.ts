import { isRole, type Principal, type StoredUser } from '#access';
import type { Reader, Row } from '#persistence';
import type { Vault } from '../../vault.js';

export interface UserRow extends Row {
  readonly id: string;
  readonly username: string;
  readonly name_sealed: Buffer;
  readonly roles: string;
  readonly password_hash: string;
  readonly court_code: string | null;
  readonly bank: string | null;
  readonly officer_id: string | null;
  readonly disabled: number;
}

export async function findStoredUser(reader: Reader, vault: Vault, username: string): Promise<StoredUser | undefined> {
  const row = await reader.one<UserRow>('SELECT * FROM users WHERE username = ?', [username]);
  return row && storedUserOf(vault, row);
}

/** An empty hash stands for no password: such a user comes by an identity provider. */
export function storedUserOf(vault: Vault, row: UserRow): StoredUser {
  const password = row.password_hash === '' ? {} : { passwordHash: row.password_hash };
  return { principal: principalOfRow(vault, row), ...password, disabled: row.disabled === 1 };
}

function principalOfRow(vault: Vault, row: UserRow): Principal {
  return {
    userId: row.id,
    username: row.username,
    name: openUserName(vault, row.id, row.name_sealed),
    roles: row.roles.split(' ').filter(isRole),
    ...(row.court_code === null ? {} : { courtCode: row.court_code }),
    ...(row.bank === null ? {} : { bank: row.bank }),
    ...(row.officer_id === null ? {} : { officerId: row.officer_id }),
  };
}

function openUserName(vault: Vault, userId: string, sealed: Buffer): string {
  return vault.open<{ name: string }>(vault.systemKey('users'), 'users', 'name_sealed', userId, sealed).name;
}

export function sealUserName(vault: Vault, userId: string, name: string): Buffer {
  return vault.seal(vault.systemKey('users'), 'users', 'name_sealed', userId, { name });
}

/** Names of users by id, for showing who handles or approved what. Unknown ids (a draft of the system) are left out. */
export async function userNames(reader: Reader, vault: Vault, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  for (const id of new Set(ids)) {
    const row = await reader.one<{ name_sealed: Buffer }>('SELECT name_sealed FROM users WHERE id = ?', [id]);
    if (row) names.set(id, openUserName(vault, id, row.name_sealed));
  }
  return names;
}
