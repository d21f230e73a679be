import type { MisusePolicy } from '#orders';
import { burst } from './burst.js';
import { dormantAccount } from './dormant-account.js';
import { outsideHours } from './outside-hours.js';
import { repeatedReveals } from './repeated-reveals.js';
import type { Rule } from './rule.js';
import { swiftApproval } from './swift-approval.js';
import { toldConduct } from './told-conduct.js';

/** All rules of the watch, with the figures of the policy. */
export function rulesOf({ hours, rules }: MisusePolicy): readonly Rule[] {
  // Each rule knows the form of its own state; the watch only keeps it.
  return [
    outsideHours(rules['outside-hours'], hours),
    burst(rules.burst),
    swiftApproval(rules['swift-approval']),
    repeatedReveals(rules['repeated-reveals']),
    dormantAccount(rules['dormant-account']),
    toldConduct('unrelated-case'),
    toldConduct('self-linked'),
    toldConduct('release-near-end'),
  ] as readonly Rule[];
}
