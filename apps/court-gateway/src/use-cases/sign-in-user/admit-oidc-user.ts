import { Inject, Injectable } from '@nestjs/common';
import { mapClaims, type OidcRefusal, type OidcSettings, type OidcUser, type Principal, type VerifiedClaims } from '#access';
import { AppError, invariant, newId, type CanonicalValue } from '#kernel';
import { FactRecorder, type Fact, type Relay } from '#messaging';
import type { Tx } from '#persistence';
import { findOfficerByUsername } from '../../adapters/store/officer-rows.js';
import { findOidcUser, insertOidcUser, subjectKey, updateOidcUser } from '../../adapters/store/oidc-user-rows.js';
import { recordAlone } from '../../facts.js';
import { GATEWAY_RELAY, PARTS, type GatewayParts } from '../../gateway-parts.js';
import { Vault } from '../../vault.js';

/** By which door a person of the provider came: through a browser, or with a token of the provider on a call. */
export interface OidcWay {
  readonly via: 'oidc-login' | 'oidc-token';
  readonly address: string;
}

type Refusal = OidcRefusal | 'username-taken' | 'court-mismatch' | 'disabled';

const TEXTS: Readonly<Record<Refusal, string>> = {
  'no-username': '统一身份认证没有给出可用的用户名',
  'no-role': '该身份在本系统没有角色，请联系管理员',
  'two-courts': '该身份对应多个法院，请联系管理员',
  'two-banks': '该身份对应多个银行，请联系管理员',
  'no-court': '该身份没有对应的法院，请联系管理员',
  'no-bank': '该身份没有对应的银行，请联系管理员',
  'username-taken': '该用户名已属于本系统的另一账号，请联系管理员',
  'court-mismatch': '该身份的法院与承办人登记的法院不一致，请联系管理员',
  disabled: '该账号已停用',
};

type FactWords = Readonly<Record<string, CanonicalValue>>;

type Admission = { readonly kind: 'admitted'; readonly principal: Principal } | { readonly kind: 'refused'; readonly reason: Refusal };

/**
 * Turns verified claims into a user of the system: his row is made or brought up to date and the fact of his coming recorded in one
 * commit. Whoever has no place here is refused, which leaves a fact and changes nothing.
 */
@Injectable()
export class AdmitOidcUser {
  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(FactRecorder) private readonly facts: FactRecorder,
    @Inject(GATEWAY_RELAY) private readonly relay: Relay,
  ) {}

  /** @throws AppError `forbidden` with `reason` */
  async execute(claims: VerifiedClaims, way: OidcWay): Promise<Principal> {
    const { issuer, roles } = this.settings();
    const mapped = mapClaims(roles, issuer, claims);
    const admission = await this.parts.database.run(async (tx): Promise<Admission> => {
      const decided = mapped.kind === 'user' ? await this.decide(tx, mapped.user) : mapped;
      await this.facts.record(tx, factOf(decided, { ...way, issuer, subject: claims.sub }));
      return decided;
    });
    this.relay.nudge();
    if (admission.kind === 'admitted') return admission.principal;
    throw new AppError('forbidden', TEXTS[admission.reason], { extra: { reason: admission.reason } });
  }

  /** A login that failed before anybody was known by it. */
  async recordFailure(reason: string, way: OidcWay): Promise<void> {
    await recordAlone(this.parts.database, this.facts, failedFact({ ...way, reason }));
    this.relay.nudge();
  }

  private async decide(tx: Tx, user: OidcUser): Promise<Admission> {
    const key = subjectKey(user);
    const known = await findOidcUser(tx, this.vault, key);
    if (known?.disabled) return refused('disabled');
    const officer = await findOfficerByUsername(tx, user.username);
    // The name finds the entry whose credentials travel with his requests, so it may not lead to another court's officer.
    if (officer && user.roles.includes('officer') && officer.court_code !== user.courtCode) return refused('court-mismatch');
    const principal: Principal = {
      userId: known?.principal.userId ?? newId(this.parts.clock, this.parts.entropy),
      username: user.username,
      name: user.name,
      roles: user.roles,
      ...(user.courtCode === undefined ? {} : { courtCode: user.courtCode }),
      ...(user.bank === undefined ? {} : { bank: user.bank }),
      ...(officer ? { officerId: officer.id } : {}),
    };
    if (await this.keep(tx, key, principal, known?.principal)) return { kind: 'admitted', principal };
    // Two replicas may meet a person for the first time at once; who comes second finds him as known.
    const isKnownNow = !known && (await findOidcUser(tx, this.vault, key)) !== undefined;
    return isKnownNow ? this.decide(tx, user) : refused('username-taken');
  }

  private async keep(tx: Tx, key: string, principal: Principal, known: Principal | undefined): Promise<boolean> {
    if (!known) return insertOidcUser(tx, this.vault, key, principal, this.parts.clock.now());
    return JSON.stringify(known) === JSON.stringify(principal) || updateOidcUser(tx, this.vault, principal);
  }

  private settings(): OidcSettings {
    invariant(this.parts.oidc, 'claims can only come from a configured provider');
    return this.parts.oidc;
  }
}

function refused(reason: Refusal): Admission {
  return { kind: 'refused', reason };
}

function factOf(admission: Admission, content: FactWords): Fact {
  if (admission.kind === 'refused') return failedFact({ ...content, reason: admission.reason });
  const { userId, username, roles } = admission.principal;
  return { type: 'user.signed-in', subject: `user:${userId}`, actor: userId, content: { ...content, username, roles } };
}

function failedFact(content: FactWords): Fact {
  return { type: 'user.sign-in-failed', subject: 'sign-in', content };
}
