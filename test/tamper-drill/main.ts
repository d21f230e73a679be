import { tempDir } from '#testing';
import { ATTACKS, CONTROL, CONTROL_RUNNING } from './attacks.js';
import { attackOnce, untouched, type Outcome } from './drill.js';
import { outcomeLines, summary } from './report.js';
import { Template } from './world.js';

const USAGE = 'usage: npm run -s tamper-drill [-- --only <part of a title>]';
const USAGE_EXIT_CODE = 2;

const write = (line: string): void => void process.stdout.write(`${line}\n`);

async function run(only: string): Promise<boolean> {
  const attacks = ATTACKS.filter(({ title }) => title.includes(only));
  if (attacks.length === 0) throw new Error(`no attack is called like ${only}`);
  const place = await tempDir('tamper-drill');
  try {
    process.stderr.write('a system plays some requests under the eyes of a witness …\n');
    const template = await Template.make(place.path);
    const falseAlarms = await untouched(template, CONTROL, CONTROL_RUNNING);
    for (const each of falseAlarms) write(`FALSE ALARM ${each}`);
    const outcomes: Outcome[] = [];
    for (const attack of attacks) {
      const outcome = await attackOnce(template, attack);
      outcomes.push(outcome);
      for (const line of outcomeLines(outcome)) write(line);
    }
    write(summary(outcomes));
    return falseAlarms.length === 0 && outcomes.every(({ detections }) => detections.length > 0);
  } finally {
    await place.remove();
  }
}

const [option, only, ...more] = process.argv.slice(2);
if ((option !== undefined && (option !== '--only' || only === undefined)) || more.length > 0) {
  process.stderr.write(`${USAGE}\n`);
  process.exitCode = USAGE_EXIT_CODE;
} else {
  process.exitCode = (await run(only ?? '')) ? 0 : 1;
}
