export * from './principal.js';
export type {
  BankOrder,
  CourtResource,
  DeskReview,
  ForbiddenCode,
  HandledCase,
  NoResource,
  OwnedResource,
  PendingApproval,
  Verdict,
} from './policy-rules.js';
export { ACTIONS, type Action, type ResourceOf } from './policy-table.js';
export * from './policy.js';
export * from './passwords.js';
export * from './sign-in-guard.js';
export * from './sign-in.js';
export * from './tokens.js';
export * from './call-budget.js';
export { AddressCeiling } from './address-ceiling.js';
export { OidcClient, OidcRefused, type PendingLogin, type VerifiedClaims } from './oidc-client.js';
export { mapClaims, parseOidcRoles, type OidcRefusal, type OidcRoles, type OidcUser } from './oidc-roles.js';
export { OIDC_CALLBACK_PATH, readOidcSettings, type OidcSettings, type OidcSources } from './oidc-settings.js';
