import { armFailPoint, FAIL_POINTS, silentLog, SystemClock, instantText } from '#kernel';
import { runConnector } from './running-connector.js';
import { sampleFreeze, sampleInquiry } from './sample-orders.js';
import { testProfile } from './rig.js';

/**
 * A connector process for tests that kill it: `journal-child <folder> <dialect> <bank's address> <orders> [fail-point] [hit]`.
 * It dispatches the same orders at every start and says `answered <n>` each time the number of answered orders grows.
 */
const [folder = '', dialect = '', endpoint = '', count = '0', point = '', hit = '1'] = process.argv.slice(2);
const BANK = dialect === 'manual-desk' ? 'wrcb' : 'hubeibank';
const LOOK_EVERY_MS = 20;

const armed = FAIL_POINTS.find((each) => each === point);
if (armed) armFailPoint(armed, Number(hit));

const clock = new SystemClock();
const connector = await runConnector(folder, clock, [{ profile: testProfile(BANK, dialect), endpoint: () => endpoint }], silentLog);
const { rig, digest, address } = connector;
process.stdout.write(`listening ${address}\n`);
process.stdout.write(`clerk ${await connector.token('clerk.wrcb', ['clerk'], BANK)}\n`);
process.stdout.write(`reviewer ${await connector.token('reviewer.wrcb', ['reviewer'], BANK)}\n`);

// Control orders of one debtor in a lane, and inquiries beside it; the numbers are the same at every start.
const orders = Array.from({ length: Number(count) }, (_, i) => {
  const orderNumber = `K${String(i + 1).padStart(6, '0')}`;
  const dispatchedAt = instantText(clock.now());
  if (i % 2 === 0) return sampleInquiry(rig, digest, { orderNumber, dispatchedAt });
  return sampleFreeze(rig, digest, { orderNumber, dispatchedAt, lane: { id: 'lane-1', number: (i + 1) / 2 } });
});
await rig.dispatch(orders);

let told = -1;
for (;;) {
  const row = await rig.database(BANK).reader.one<{ n: number }>(`SELECT COUNT(*) AS n FROM orders WHERE standing = 'answered'`);
  const answered = row?.n ?? 0;
  if (answered !== told) process.stdout.write(`answered ${answered}\n`);
  told = answered;
  await clock.realSleep(LOOK_EVERY_MS);
}
