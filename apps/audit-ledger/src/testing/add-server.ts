import { createServer, type IncomingMessage } from 'node:http';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { encodeBody } from '#contracts';
import { errorText, Recurring, silentLog, SystemClock } from '#kernel';
import { FACTS_TOPIC, InProcessBus, type Message } from '#messaging';
import { openSqlite } from '#persistence';
import { LedgerService } from '../ledger-service.js';
import { ledgerMigrations } from '../ledger-migrations.js';
import { FACT_TYPE } from '../use-cases/take-facts/take-facts.js';

/**
 * The ledger behind the door that other logs have, so that both can be measured by one generator: `add-server <folder> <port>`. `POST /add` takes a
 * leaf as the ledger knows it, and is answered with its number once a published checkpoint covers it; that is later than a log answers which has
 * only given it a place. Leaves come with nothing before them, each of a subject of its own, so none is held and the k-th taken is the k-th covered.
 * For measurements; the system's facts come over the bus.
 */
const TOGETHER_MS = 2;
const TOGETHER_MAX = 1_000;
const LOOK_EVERY_MS = 5;

interface Waiting {
  readonly leaf: string;
  readonly answer: (index: number | undefined) => void;
}

const [folder = '', port = '0'] = process.argv.slice(2);
const clock = new SystemClock();
const bus = new InProcessBus(clock, silentLog);
const database = await openSqlite({ file: path.join(folder, 'ledger.sqlite'), migrations: ledgerMigrations, time: clock, log: silentLog });
const settings = { folder: path.join(folder, 'ledger'), originBase: 'bench.test/ledger', signingKey: Buffer.alloc(32, 5) };
const tokens = { verify: () => Promise.reject(new Error('no tokens here')) };
const ledger = new LedgerService({ database, bus, clock, log: silentLog, tokens, settings });
await ledger.start();

const arrived: Waiting[] = [];
const staged: Waiting[] = [];
let answered = 0;
let number = 0;

/** All that came meanwhile shares a commit, as what the bus hands over does. */
async function stage(): Promise<void> {
  while (arrived.length > 0) {
    const batch = arrived.splice(0, TOGETHER_MAX);
    await ledger.stage(batch.map(({ leaf }) => messageOf(leaf)));
    staged.push(...batch);
  }
}

function messageOf(leaf: string): Message {
  number += 1;
  const body = encodeBody(FACT_TYPE, { leaf, search: { type: 'measured' } });
  return { id: `m-${number}`, topic: FACTS_TOPIC, key: 'measured', type: FACT_TYPE, at: clock.now(), headers: {}, body };
}

function answerCovered(): Promise<void> {
  const { size } = ledger.published.of().head;
  for (const one of staged.splice(0, size - answered)) {
    one.answer(answered);
    answered += 1;
  }
  return Promise.resolve();
}

/** A failure leaves nobody waiting for an answer that cannot come. */
function fail(error: unknown): void {
  process.stderr.write(`${errorText(error)}\n`);
  for (const one of [...arrived.splice(0), ...staged.splice(0)]) one.answer(undefined);
}

const staging = new Recurring(clock, TOGETHER_MS, stage, fail);
const answering = new Recurring(clock, LOOK_EVERY_MS, answerCovered, fail);
const server = createServer((request: IncomingMessage, response) => {
  const answer = (index: number | undefined): void => {
    const said = String(index ?? 'failed');
    response.writeHead(index === undefined ? 500 : 200, { 'content-length': said.length }).end(said);
  };
  text(request).then((leaf) => void arrived.push({ leaf, answer }), fail);
});
server.listen(Number(port), '127.0.0.1', () => {
  staging.start();
  answering.start();
  process.stdout.write('ready\n');
});
process.once('SIGTERM', () => process.exit(0));
