import { Passwords, type Principal, type Role } from '#access';
import { addYears, legalDateOf, newId, type LegalDate } from '#kernel';
import { insert, type Tx } from '#persistence';
import { findCourt } from '../../adapters/store/court-rows.js';
import { findOfficerByUsername } from '../../adapters/store/officer-rows.js';
import { findStoredUser, sealUserName } from '../../adapters/store/user-rows.js';
import { makeFactRecorder } from '../../facts.js';
import type { GatewayParts } from '../../gateway-parts.js';
import { Vault } from '../../vault.js';
import { RegisterCourtAccounts } from '../register-court-accounts/register-court-accounts.js';
import { RegisterOfficer, type OfficerEntry } from '../register-officer/register-officer.js';
import { demoCredentialImage } from './credential-image.js';

export interface DemoSeed {
  /** The one password of all demo users. */
  readonly password: string;
  /** `off` seeds nothing; the other two seed alike. */
  readonly mode: 'play' | 'seed' | 'off';
}

export const DEMO_COURT = { code: '420106', name: '武汉市武昌区人民法院' } as const;
export const DEMO_ACCOUNT = { name: '武昌区法院执行款专户', bankNumber: '313521000000', bankName: '湖北银行' } as const;
/** Credentials and filings run this long before and after the first start. */
const YEARS_EITHER_SIDE = 10;
/** The bank with which the second officer is not filed, so that the gate of R2 can be seen at work. */
const UNFILED: Readonly<Record<string, string>> = { officer2: 'hankoubank' };

interface DemoUser {
  readonly username: string;
  readonly name: string;
  readonly role: Role;
  readonly court?: boolean;
  readonly bank?: string;
}

const USERS: readonly DemoUser[] = [
  { username: 'officer', name: '李晓', role: 'officer', court: true },
  { username: 'officer2', name: '王帆', role: 'officer', court: true },
  { username: 'judge', name: '周正', role: 'judge', court: true },
  { username: 'leader', name: '吴志刚', role: 'leader', court: true },
  { username: 'auditor', name: '郑明', role: 'auditor' },
  { username: 'clerk.wrcb', name: '何静', role: 'clerk', bank: 'wrcb' },
  { username: 'reviewer.wrcb', name: '冯涛', role: 'reviewer', bank: 'wrcb' },
  { username: 'admin', name: '系统管理员', role: 'admin' },
  { username: 'admin2', name: '系统管理员二', role: 'admin' },
];

const OFFICERS: readonly Pick<OfficerEntry, 'username' | 'name' | 'workId' | 'dutyId' | 'phone'>[] = [
  { username: 'officer', name: '李晓', workId: '鄂0106-0231', dutyId: '鄂执-10231', phone: '027-88936020' },
  { username: 'officer2', name: '王帆', workId: '鄂0106-0232', dutyId: '鄂执-10232', phone: '027-88936021' },
];

/**
 * Demo users, court, accounts, officers and filings. Safe on every start: what is there stays as it is, except that a changed
 * password becomes the password of the demo users.
 */
export async function seedDemo(parts: GatewayParts, { password, mode }: DemoSeed): Promise<void> {
  if (mode === 'off') return;
  const vault = new Vault(parts);
  const hashes = await hashesToSet(parts, vault, password);
  const facts = makeFactRecorder(parts);
  await parts.database.run(async (tx) => {
    const admin = await seedUsers(tx, parts, vault, hashes);
    await seedCourt(tx, new RegisterCourtAccounts(parts, vault, facts), admin);
    await seedOfficers(tx, parts, new RegisterOfficer(parts, vault, facts), admin);
  });
}

/** Hashing is slow by design, so it is done only for users who are new or have another password. */
async function hashesToSet(parts: GatewayParts, vault: Vault, password: string): Promise<ReadonlyMap<string, string>> {
  const passwords = new Passwords(parts.entropy);
  const wanted = await Promise.all(
    USERS.map(async ({ username }) => {
      const stored = await findStoredUser(parts.database.reader, vault, username);
      const stands = stored !== undefined && (await passwords.matches(stored.passwordHash, password));
      return stands ? [] : [[username, await passwords.hash(password)] as const];
    }),
  );
  return new Map(wanted.flat());
}

async function seedUsers(tx: Tx, { clock, entropy }: GatewayParts, vault: Vault, hashes: ReadonlyMap<string, string>): Promise<Principal> {
  for (const user of USERS) {
    const hash = hashes.get(user.username);
    if (hash === undefined) continue;
    if ((await tx.run('UPDATE users SET password_hash = ? WHERE username = ?', [hash, user.username])) > 0) continue;
    const id = newId(clock, entropy);
    await insert(tx, 'users', {
      id,
      username: user.username,
      name_sealed: sealUserName(vault, id, user.name),
      roles: user.role,
      password_hash: hash,
      court_code: user.court ? DEMO_COURT.code : null,
      bank: user.bank ?? null,
      officer_id: null,
      disabled: 0,
      created_at: clock.now(),
    });
  }
  const admin = await findStoredUser(tx, vault, 'admin');
  return admin?.principal ?? { userId: 'seed', username: 'seed', name: 'seed', roles: [] };
}

async function seedCourt(tx: Tx, register: RegisterCourtAccounts, admin: Principal): Promise<void> {
  if (await findCourt(tx, DEMO_COURT.code)) return;
  await register.replace(tx, { ...DEMO_COURT, accounts: [DEMO_ACCOUNT] }, admin.userId);
}

async function seedOfficers(tx: Tx, parts: GatewayParts, register: RegisterOfficer, admin: Principal): Promise<void> {
  const today = legalDateOf(parts.clock.now());
  const period: { from: LegalDate; to: LegalDate } = { from: addYears(today, -YEARS_EITHER_SIDE), to: addYears(today, YEARS_EITHER_SIDE) };
  for (const officer of OFFICERS) {
    if (await findOfficerByUsername(tx, officer.username)) continue;
    const entry: OfficerEntry = {
      ...officer,
      courtCode: DEMO_COURT.code,
      workIdImage: demoCredentialImage(officer.workId),
      dutyIdImage: demoCredentialImage(officer.dutyId),
      validFrom: period.from,
      validTo: period.to,
    };
    const id = await register.add(tx, entry, admin);
    for (const { bank } of parts.banks.all()) {
      if (UNFILED[officer.username] === bank) continue;
      await register.file(tx, id, bank, { state: 'filed', ...period }, admin);
    }
  }
}
