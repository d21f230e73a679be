/**
 * Court side: `officer`, `judge`, `leader`. Bank side: `clerk`, `reviewer`. `auditor` reads masked data, exact originals and the
 * ledger. `admin` keeps registers and drives the simulator. `service` is another system that follows the event feed.
 */
export const ROLES = ['officer', 'judge', 'leader', 'clerk', 'reviewer', 'auditor', 'admin', 'service'] as const;

export type Role = (typeof ROLES)[number];

export function isRole(text: unknown): text is Role {
  return (ROLES as readonly unknown[]).includes(text);
}

/** Who makes a call, as far as decisions need to know. */
export interface Principal {
  readonly userId: string;
  readonly username: string;
  /** Shown on screens and in records of approval. */
  readonly name: string;
  readonly roles: readonly Role[];
  /** The court of an officer, judge or leader. Without it he sees no case. */
  readonly courtCode?: string;
  /** The bank of a clerk or reviewer. Without it he sees no order. */
  readonly bank?: string;
  /** The officer's entry in the officer register. */
  readonly officerId?: string;
}
