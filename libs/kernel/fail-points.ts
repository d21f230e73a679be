/**
 * Named places between two persisted steps at which a test may kill the process with SIGKILL.
 * Each name says what has been persisted last. The list is closed so that a test can walk all of them.
 */
export const FAIL_POINTS = [
  'gateway.accepted-before-commit',
  'gateway.accepted-after-commit',
  'gateway.approved-after-commit',
  'gateway.answer-before-commit',
  'gateway.answer-after-commit',
  'relay.published-before-mark',
  'relay.marked',
  'connector.taken-before-commit',
  'connector.taken-after-commit',
  'connector.sending-after-commit',
  'connector.sent-before-record',
  'connector.answered-before-commit',
  'connector.answered-after-commit',
  'desk.answer-after-commit',
  'ledger.staged',
  'ledger.tiles-staged',
  'ledger.checkpoint-committed',
  'ledger.tiles-applied',
  'ledger.published',
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
