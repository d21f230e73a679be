import { demoPassword, KeptClock, startFailed } from '#foundation';
import { silentLog, systemEntropy } from '#kernel';
import { loadPlayConfig } from './config.js';
import { playDemo } from './demo/play-demo.js';

const write = (line: string): void => void process.stdout.write(`${line}\n`);

/** Plays the demo cases, through the public interface only, against an installation that runs elsewhere. */
async function play(): Promise<void> {
  const { settings, origin, demoPassword: given } = loadPlayConfig();
  const { dataDir } = settings;
  const time = await KeptClock.open(dataDir);
  await time.follow(settings.instance, silentLog);
  const password = await demoPassword(dataDir, given, false, systemEntropy);
  if (!password) return;
  await playDemo({ origin, dataDir, password: password.text, clock: time.clock, write });
  await password.forget();
}

play().then(
  () => process.exit(0),
  (error: unknown) => startFailed('演示未完成', error),
);
