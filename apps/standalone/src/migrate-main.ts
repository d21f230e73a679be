import { startFailed } from '#foundation';
import { loadMigrateConfig } from './config.js';
import { migrate } from './migrate.js';

migrate(loadMigrateConfig(), (line) => void process.stdout.write(`${line}\n`)).then(
  () => process.exit(0),
  (error: unknown) => startFailed('npm run migrate', error),
);
