import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { parsePolicy, type Policy } from '#orders';

/** The rules that the law or an agreement may change; beside the sources and, as a copy, beside the build. */
const POLICY_FILE = new URL('../../../deploy/policy.yaml', import.meta.url);

/** @throws AppError that names every wrong place of the file */
export async function readPolicy(): Promise<Policy> {
  return parsePolicy(parse(await readFile(POLICY_FILE, 'utf8')));
}

/** Who of an issuer's people may do what here; the file is checked where it is used. */
const OIDC_ROLES_FILE = new URL('../../../deploy/oidc-roles.yaml', import.meta.url);

export async function readOidcRoles(): Promise<unknown> {
  return parse(await readFile(OIDC_ROLES_FILE, 'utf8'));
}
