/**
 * Named places between two persisted steps at which a test may kill the process with SIGKILL.
 * Each name says which unit is there and what it has done last. The list is closed so that a test can walk all of them.
 */
export const FAIL_POINTS = [
  'gateway.prepared-before-work',
  'gateway.accepted-before-commit',
  'gateway.accepted-after-commit',
  'gateway.approved-before-commit',
  'gateway.approved-after-commit',
  'gateway.answer-before-commit',
  'gateway.answer-after-commit',
  'gateway.progress-before-commit',
  'gateway.progress-after-commit',
  'relay.read-before-publish',
  'relay.published-before-mark',
  'relay.mark-before-commit',
  'relay.marked',
  'inbox.batch-prepared',
  'inbox.marked-before-effect',
  'inbox.effect-before-commit',
  'inbox.effect-after-commit',
  'store.worked-before-commit',
  'store.committed-before-told',
  'connector.taken-before-commit',
  'connector.taken-after-commit',
  'connector.sending-before-commit',
  'connector.sending-after-commit',
  'connector.sent-before-record',
  'connector.received-before-commit',
  'connector.received-after-commit',
  'connector.acknowledged-before-reply',
  'connector.original-kept',
  'connector.answered-before-commit',
  'connector.answered-after-commit',
  'connector.file-placed',
  'connector.file-receipt-recorded',
  'connector.file-done',
  'connector.file-answers-recorded',
  'connector.file-removed',
  'desk.answer-before-commit',
  'desk.answer-after-commit',
  'desk.review-before-commit',
  'desk.review-after-commit',
  'ledger.staged-before-commit',
  'ledger.staged',
  'ledger.signed-before-staging',
  'ledger.tiles-staged',
  'ledger.head-before-commit',
  'ledger.checkpoint-committed',
  'ledger.tiles-applied',
  'ledger.published',
  'ledger.staging-discarded',
  'bank.effect-before-commit',
  'bank.effect-after-commit',
  // Only where processes share servers: an embedded system has neither a broker, nor a lease, nor a commit that travels.
  'kafka.fetched-before-handling',
  'kafka.handled-before-offset',
  'kafka.offset-on-its-way',
  'kafka.offset-committed',
  'kafka.published-before-told',
  'lease.taken-before-commit',
  'lease.taken',
  'store.commit-on-its-way',
] as const;

export type FailPoint = (typeof FAIL_POINTS)[number];

let armed: { point: FailPoint; hitsLeft: number } | undefined;

/** Arms one point: the process dies by SIGKILL at its n-th hit. Only tests set this, through the app's configuration. */
export function armFailPoint(point: FailPoint, atHit = 1): void {
  armed = { point, hitsLeft: atHit };
}

/** Marks the place. Costs one comparison when nothing is armed. */
export function failPoint(point: FailPoint): void {
  if (armed?.point !== point) return;
  armed.hitsLeft -= 1;
  if (armed.hitsLeft <= 0) process.kill(process.pid, 'SIGKILL');
}
