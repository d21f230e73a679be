import { writeFileSync } from 'node:fs';
import { errorText } from '#kernel';
import { Campaign } from './campaign.js';
import { Chance } from './chance.js';
import type { Fault } from './faults.js';
import { parseCampaignOptions, USAGE, type CampaignOptions } from './options.js';
import { roundLines, Tally } from './report.js';
import { Rig } from './rig.js';
import { rotation } from './rotation.js';

const USAGE_EXIT_CODE = 2;
/** Variables that would lead the cluster to servers which are not its own, and which a campaign must not kill. */
const SERVERS = ['DATABASE_URL', 'KAFKA_BROKERS', 'KAFKA_PREFIX', 'CHAKONG_TEST_DATABASE_URL', 'CHAKONG_TEST_KAFKA', 'CHAKONG_FAIL_POINT'];

const complain = (line: string): void => void process.stderr.write(`${line}\n`);
const write = (line: string): void => void process.stdout.write(`${line}\n`);

/** @returns whether nothing was lost, doubled, stuck or in disagreement */
async function run({ rounds, seed, only }: CampaignOptions): Promise<boolean> {
  for (const name of SERVERS) Reflect.deleteProperty(process.env, name);
  const chance = new Chance(seed);
  const tally = new Tally();
  write(`campaign of ${rounds} rounds, seed ${seed}`);
  const rig = await Rig.open();
  endOnSignals(rig, tally);
  let clean = false;
  try {
    const begun = performance.now();
    const step = (what: string): void => complain(`${((performance.now() - begun) / 1_000).toFixed(1).padStart(8)} s  ${what}`);
    const campaign = new Campaign(rig, chance, step);
    let cycle: readonly Fault[] = [];
    while (tally.rounds < rounds) {
      if (cycle.length === 0) cycle = rotation(chance, rig.ownsServers, only);
      const [fault, ...rest] = cycle;
      if (!fault) throw new Error(`no fault is named like ${only}`);
      cycle = rest;
      const round = await campaign.round(fault);
      tally.add(round);
      for (const line of roundLines(round)) write(line);
    }
    clean = tally.isClean;
    return clean;
  } finally {
    for (const line of tally.lines()) write(line);
    if (!clean) keepOutput(rig);
    await rig.stage.close();
  }
}

/** Asked to end, it says what it has seen and leaves neither processes nor a folder behind. */
function endOnSignals(rig: Rig, tally: Tally): void {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      for (const line of tally.lines()) write(line);
      complain(`${signal}: the cluster is stopped`);
      rig.stage.close().then(
        () => process.exit(1),
        (error: unknown) => {
          complain(errorText(error));
          process.exit(1);
        },
      );
    });
  }
}

/** What the processes said, for whoever looks for the cause; the data folder itself goes. */
function keepOutput(rig: Rig): void {
  const file = `faults-${process.pid}.log`;
  writeFileSync(file, rig.system.process.output());
  write(`the output of the cluster is in ${file}`);
}

const options = parseCampaignOptions(process.argv.slice(2));
if (typeof options === 'string') {
  process.stderr.write(`${options}\n${USAGE}\n`);
  process.exitCode = USAGE_EXIT_CODE;
} else {
  run(options).then(
    (clean) => (process.exitCode = clean ? 0 : 1),
    (error: unknown) => {
      process.stderr.write(`the campaign broke off: ${errorText(error)}\n`);
      process.exitCode = 1;
    },
  );
}
