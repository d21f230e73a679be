import { createHash } from 'node:crypto';
import type { OidcUser, Principal, StoredUser } from '#access';
import type { Reader, Tx } from '#persistence';
import type { Vault } from '../../vault.js';
import { sealUserName, storedUserOf, type UserRow } from './user-rows.js';

/** What no password ever hashes to: a user of a provider has none here. */
export const NO_PASSWORD = '';

/** Under which key a person of a provider is kept. Length matters: subjects may have 255 characters. */
export function subjectKey({ issuer, subject }: Pick<OidcUser, 'issuer' | 'subject'>): string {
  return createHash('sha256')
    .update(JSON.stringify([issuer, subject]))
    .digest('hex');
}

export async function findOidcUser(reader: Reader, vault: Vault, key: string): Promise<StoredUser | undefined> {
  const row = await reader.one<UserRow>(
    'SELECT users.* FROM oidc_subjects JOIN users ON users.id = oidc_subjects.user_id WHERE oidc_subjects.subject_key = ?',
    [key],
  );
  return row && storedUserOf(vault, row);
}

/** Says false when another user has the name already; nothing is written then. */
export async function insertOidcUser(tx: Tx, vault: Vault, key: string, principal: Principal, at: number): Promise<boolean> {
  const row = { id: principal.userId, ...columnsOf(vault, principal), password_hash: NO_PASSWORD, disabled: 0, created_at: at };
  if (!(await tx.insertOnce('users', row))) return false;
  await tx.run('INSERT INTO oidc_subjects (subject_key, user_id, at) VALUES (?, ?, ?)', [key, principal.userId, at]);
  return true;
}

/** Brings the row to what the provider says today. Says false when another user has the name. */
export async function updateOidcUser(tx: Tx, vault: Vault, principal: Principal): Promise<boolean> {
  const holder = await tx.one<{ id: string }>('SELECT id FROM users WHERE username = ?', [principal.username]);
  if (holder && holder.id !== principal.userId) return false;
  const columns = columnsOf(vault, principal);
  const set = Object.keys(columns).map((column) => `${column} = ?`);
  await tx.run(`UPDATE users SET ${set.join(', ')} WHERE id = ?`, [...Object.values(columns), principal.userId]);
  return true;
}

function columnsOf(vault: Vault, { userId, username, name, roles, courtCode, bank, officerId }: Principal) {
  return {
    username,
    name_sealed: sealUserName(vault, userId, name),
    roles: roles.join(' '),
    court_code: courtCode ?? null,
    bank: bank ?? null,
    officer_id: officerId ?? null,
  };
}
