import { join } from 'node:path';
import { AppError, systemEntropy } from '#kernel';
import { beginProcess, FileStores, openBankKeys, openKeys, serve, startFailed } from '#foundation';
import { lockFolder } from '#persistence';
import { books } from '../migrations/0001-books.js';
import { BankSimulatorModule } from './bank-simulator.module.js';
import { openCallBackTls, openDoor, simulatorPartsOn } from './compose-simulator.js';
import { openRegister } from './compose-register.js';
import { loadConfig } from './config.js';

const NAME = 'bank-simulator';

/** The simulated banks as a process of their own, on books of their own in `DATA_DIR/sim`. Never in production. */
async function start(): Promise<void> {
  const { process: settings, connectors, banks, bankPort, connectorCaFile, sftpPort, register, pollMs } = loadConfig();
  const { dataDir, demo } = settings;
  if (demo === 'off') {
    throw new AppError('invalid-configuration', 'simulated banks run only where CHAKONG_DEMO is not off', { level: 'fatal' });
  }
  const begun = await beginProcess(settings);
  const { clock } = begun.time;
  lockFolder(join(dataDir, 'sim', 'in-use'));
  const registers = register ? [{ bank: register.bank, signatures: 'ed25519' as const }] : [];
  const stores = new FileStores(dataDir, { time: clock, entropy: systemEntropy, log: begun.log });
  const parts = simulatorPartsOn(
    { dataDir, clock, entropy: systemEntropy, log: begun.log, ...(await openKeys(dataDir, clock, systemEntropy)) },
    {
      database: await stores.open('sim/books', [books]),
      keys: await openBankKeys(dataDir, [...banks, ...registers], systemEntropy),
      time: begun.time,
      connectorOf: (bank) => connectors.get(bank) ?? '',
      door: await openDoor(dataDir, bankPort),
      callBackTls: connectorCaFile === undefined ? undefined : await openCallBackTls(dataDir, connectorCaFile),
      sftp: { host: '0.0.0.0', port: sftpPort },
      ...(register === undefined ? {} : { register: await openRegister(dataDir, register.bank, register.port) }),
      ...(pollMs === undefined ? {} : { pollMs }),
    },
  );
  await serve(begun, { stores }, { module: await BankSimulatorModule.forRoot(parts) });
}

start().catch((error: unknown) => startFailed(NAME, error));
