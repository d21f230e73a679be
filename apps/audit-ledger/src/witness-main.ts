import path from 'node:path';
import { Module } from '@nestjs/common';
import { createHttpServer, JsonLog } from '#http';
import { AppError, errorText, systemEntropy, SystemClock } from '#kernel';
import { cosignerOf } from '#merkle';
import { lockFolder, openSqlite } from '#persistence';
import { ensureRandomSecret } from '#trust';
import { mountWitness } from './adapters/http/witness-routes.js';
import { WitnessHeadRows } from './adapters/store/witness-heads.js';
import { WitnessCheckpoint } from './use-cases/witness-checkpoint/witness-checkpoint.js';
import { readWitnessConfig, type WitnessConfig } from './witness-config.js';
import { witnessMigrations } from './witness-migrations.js';

const USAGE = `usage: npm run witness -- <configuration.json>
  {"name": "witness.example/regulator", "dataDir": "witness", "port": 8080, "logs": ["<vkey of a log>", …]}
  The first start makes the key in <dataDir>. Once it listens it prints one line: ready {"url": …, "vkey": …}
  SIGINT or SIGTERM ends it.`;
const USAGE_EXIT_CODE = 2;

@Module({})
class WitnessModule {}

/** A witness by itself: for a court, a bank or a regulator that follows logs of others. */
async function serve(config: WitnessConfig): Promise<void> {
  const log = new JsonLog('witness', 'warn');
  const clock = new SystemClock();
  const lock = lockFolder(path.join(config.dataDir, 'in-use'));
  const signer = cosignerOf(config.name, await ensureRandomSecret(path.join(config.dataDir, 'witness.seed'), systemEntropy));
  const database = await openSqlite({ file: path.join(config.dataDir, 'witness.sqlite'), migrations: witnessMigrations, time: clock, log });
  const heads = new WitnessHeadRows(database.reader);
  const witness = new WitnessCheckpoint({ database, heads, signer, logs: config.logs, clock, log });
  const app = await createHttpServer(WitnessModule, log);
  mountWitness(app.getHttpAdapter().getInstance(), config.prefix, witness);
  await app.listen(config.port, config.host);
  const url = `${await app.getUrl()}${config.prefix}`;
  process.stdout.write(`ready ${JSON.stringify({ url, vkey: signer.cosigner.vkey })}\n`);
  const stop = async (): Promise<void> => {
    await app.close();
    await database.close();
    lock.release();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(
      signal,
      () => void stop().catch((error: unknown) => log.write('error', 'witness-stop-failed', { reason: errorText(error) })),
    );
  }
}

const [file, ...more] = process.argv.slice(2);
if (file === undefined || more.length > 0) {
  process.stderr.write(`${USAGE}\n`);
  process.exitCode = USAGE_EXIT_CODE;
} else {
  try {
    await serve(await readWitnessConfig(file));
  } catch (error) {
    process.stderr.write(`${errorText(error)}\n`);
    process.exitCode = error instanceof AppError && error.code === 'invalid-configuration' ? USAGE_EXIT_CODE : 1;
  }
}
