import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppError, type Clock, type RealTime } from '#kernel';
import { ApiClient } from './api-client.js';
import { moneyOfCase, mustAgree } from './money-table.js';
import { DemoPlayer } from './player.js';
import { ProgressFile } from './progress.js';
import { proveRequest } from './proof.js';
import { LineScreen, type WriteLine } from './screen.js';
import { readScript, type Script } from './script.js';

const SCRIPTS = ['banks', 'worked-example', 'second-case'] as const;
const FOLDER = fileURLToPath(new URL('../../demo/', import.meta.url));

export interface DemoStage {
  readonly origin: string;
  readonly dataDir: string;
  readonly password: string;
  readonly clock: Clock & RealTime;
  readonly write: WriteLine;
}

function text(values: Readonly<Record<string, unknown>> | undefined, name: string): string {
  const value = values?.[name];
  if (typeof value !== 'string') throw new AppError('demo-failed', `the demo has saved no ${name}`, { level: 'error' });
  return value;
}

/** Plays what is left of the demo cases, then reads the money back, proves one request and says so. */
export async function playDemo({ origin, dataDir, password, clock, write }: DemoStage): Promise<void> {
  const api = new ApiClient(origin, password, clock);
  const progress = new ProgressFile(join(dataDir, 'demo.json'));
  const scripts: Script[] = await Promise.all(
    SCRIPTS.map(async (name) => readScript(await readFile(join(FOLDER, `${name}.yaml`), 'utf8'))),
  );
  const already = (await progress.read()).finished;
  const saved = await new DemoPlayer(api, progress, clock, new LineScreen(write)).play(scripts);
  if (already) write('演示案件此前已演示完毕，本次不重复执行。');
  const example = saved['worked-example'];
  const money = await moneyOfCase(api, text(example, 'caseId'));
  write('');
  for (const line of money.lines) write(`  ${line}`);
  mustAgree(money);
  write('');
  write(`  ${await proveRequest(api, dataDir, text(example, 'deductId'), clock)}`);
}

/** Whether the demo was played to its end in this data folder. */
export async function isDemoFinished(dataDir: string): Promise<boolean> {
  return (await new ProgressFile(join(dataDir, 'demo.json')).read()).finished;
}
