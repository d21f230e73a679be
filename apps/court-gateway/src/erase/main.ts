import { errorText, SystemClock, systemEntropy } from '#kernel';
import { loadCredentials } from '../config.js';
import { CourtClient, Refused } from './court-client.js';
import { parseOptions, USAGE, type EraseWish } from './options.js';

const USAGE_EXIT_CODE = 2;
/** How long `approve` watches the erasure before it leaves the rest to `status`. Real time. */
const WATCHED_MS_MAX = 60_000;
const LOOK_EVERY_MS = 500;

const clock = new SystemClock();
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const complain = (line: string): void => void process.stderr.write(`${line}\n`);

type Erasure = Readonly<Record<string, unknown>>;

/** One line an erasure: its state, id and case number, and the banks whose connectors have not confirmed yet. */
function lineOf({ state, id, caseNumber, banks }: Erasure): string {
  const waiting = (Array.isArray(banks) ? (banks as { bank: string; confirmedAt?: string }[]) : []).filter(
    ({ confirmedAt }) => confirmedAt === undefined,
  );
  const rest = waiting.length === 0 ? '' : ` waiting=${waiting.map(({ bank }) => bank).join(',')}`;
  return `${String(state)} ${String(id)} ${String(caseNumber)}${rest}`;
}

async function run(court: CourtClient, wish: EraseWish): Promise<void> {
  switch (wish.verb) {
    case 'propose': {
      const caseId = await caseOf(court, wish.caseNumber);
      return say(lineOf(await court.post('/api/v1/erasures', { caseId, reason: wish.reason })));
    }
    case 'approve':
    case 'reject': {
      const reason = wish.reason === undefined ? {} : { reason: wish.reason };
      const decided = await court.post(`/api/v1/erasures/${encodeURIComponent(wish.id)}/approval`, { decision: wish.verb, ...reason });
      return say(lineOf(wish.verb === 'approve' ? await watched(court, decided) : decided));
    }
    case 'status':
      if (wish.id !== undefined) return say(lineOf(await court.get(`/api/v1/erasures/${encodeURIComponent(wish.id)}`)));
      return statusOf(court, wish.caseNumber ?? '');
  }
}

/** @throws Refused `not-found` for a number that the caller's court has no case of */
async function caseOf(court: CourtClient, caseNumber: string): Promise<string> {
  const { items } = await court.get(`/api/v1/cases?caseNumber=${encodeURIComponent(caseNumber)}`);
  const [found] = Array.isArray(items) ? (items as { id: string }[]) : [];
  if (!found) throw new Refused('not-found', `未找到案件 ${caseNumber}`);
  return found.id;
}

async function statusOf(court: CourtClient, caseNumber: string): Promise<void> {
  const caseId = await caseOf(court, caseNumber);
  const { items } = await court.get(`/api/v1/erasures?caseId=${caseId}`);
  const erasures = Array.isArray(items) ? (items as Erasure[]) : [];
  if (erasures.length === 0) say(`none - ${caseNumber}`);
  for (const erasure of erasures) say(lineOf(erasure));
}

/** The erasure once it is over, or as far as it has come when the time is. */
async function watched(court: CourtClient, approved: Erasure): Promise<Erasure> {
  let seen = approved;
  const until = clock.monotonicMs() + WATCHED_MS_MAX;
  while (seen['state'] !== 'erased' && clock.monotonicMs() < until) {
    await new Promise<void>((resolve) => void clock.setRealTimer(LOOK_EVERY_MS, resolve));
    seen = await court.get(`/api/v1/erasures/${String(approved['id'])}`);
  }
  return seen;
}

async function start(args: readonly string[]): Promise<number> {
  const options = parseOptions(args);
  if (typeof options === 'string') return wrongUsage(options);
  const credentials = await loadCredentials();
  if (typeof credentials === 'string') return wrongUsage(credentials);
  await run(new CourtClient(options.court, credentials, clock, systemEntropy), options.wish);
  return 0;
}

function wrongUsage(why: string): number {
  complain(`${why}\n${USAGE}`);
  return USAGE_EXIT_CODE;
}

start(process.argv.slice(2)).then(
  (code) => void (process.exitCode = code),
  (error: unknown) => {
    complain(error instanceof Refused ? `refused ${error.message}` : errorText(error));
    process.exitCode = 1;
  },
);
