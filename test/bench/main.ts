import { runAccept } from './accept.js';
import { runBulk } from './bulk.js';
import { runDialects } from './dialects.js';
import { runIsolation } from './isolation.js';
import { runLedger } from './ledger.js';
import { parseOptions, type BenchOptions, type ScenarioName } from './options.js';
import { runOrders } from './orders.js';
import { runRelay } from './relay.js';
import { runVerify } from './verify.js';
import { resultLine, type BenchResult } from './result.js';

const USAGE_EXIT_CODE = 2;

const RUN: Readonly<Record<ScenarioName, (options: BenchOptions) => Promise<BenchResult>>> = {
  accept: runAccept,
  bulk: runBulk,
  orders: runOrders,
  relay: runRelay,
  ledger: runLedger,
  verify: runVerify,
  isolation: runIsolation,
  dialects: runDialects,
};

const options = parseOptions(process.argv.slice(2));
if ('refused' in options) {
  process.stderr.write(`${options.refused}\n`);
  process.exitCode = USAGE_EXIT_CODE;
} else {
  const result = await RUN[options.scenario](options);
  process.stdout.write(`${resultLine(options.scenario, options.profile, result)}\n`);
  process.exitCode = result.lost === 0 && result.doubled === 0 ? 0 : 1;
}
