import { join } from 'node:path';
import { Module, type DynamicModule } from '@nestjs/common';
import { assertMayEnter } from '#access';
import { AppError } from '#kernel';
import { Ed25519Verifier, ensureRandomSecret } from '#trust';
import { AuditLedgerModule, ledgerMigrations } from '../../audit-ledger/src/index.js';
import { BankSimulatorModule, demoBanks, simulatorBooks } from '../../bank-simulator/index.js';
import { CourtGatewayModule } from '../../court-gateway/src/court-gateway.module.js';
import type { GatewayParts } from '../../court-gateway/src/gateway-parts.js';
import { gatewayMigrations } from '../../court-gateway/migrations/index.js';
import { readBanks } from './bank-directory.js';
import { openBankKeys, type BankKeys } from './bank-keys.js';
import { composeConnectors, exchangeFolder } from './connectors.js';
import type { KeptClock } from './clock-file.js';
import type { StandaloneConfig } from './config.js';
import type { Foundation } from './foundation.js';
import { gatewayBanks } from './gateway-banks.js';
import { readPolicy } from './policy-file.js';

/** The origin of this log's name; it can never change once a log is there. */
const LEDGER_ORIGIN = 'chakong.hubei-high-court/ledger';

/** All apps in one module, and what the start needs of the gateway to seed the demo. */
export interface Composition {
  readonly module: DynamicModule;
  readonly gateway: GatewayParts;
}

@Module({})
class StandaloneModule {}

/** Puts the apps together on one foundation. `origin` is where this process will listen: the banks call it over real sockets. */
export async function compose(foundation: Foundation, config: StandaloneConfig, time: KeptClock, origin: string): Promise<Composition> {
  const banks = await readBanks();
  const bankKeys = await openBankKeys(
    config.dataDir,
    banks.map(({ profile }) => profile.bank),
    foundation.entropy,
  );
  const gateway: GatewayParts = {
    ...foundation,
    database: await foundation.open('gateway', gatewayMigrations),
    policy: await readPolicy(),
    banks: gatewayBanks(banks),
    ledgerUrl: origin,
    holdDelivery: config.holdDelivery,
  };
  const imports = [
    CourtGatewayModule.forRoot(gateway),
    await composeConnectors(foundation, { banks, keys: bankKeys, origin, simulated: config.demo !== 'off' }),
    await composeLedger(foundation),
    ...(config.demo === 'off' ? [] : [await composeSimulator(foundation, bankKeys, time, origin)]),
  ];
  return { module: { module: StandaloneModule, imports }, gateway };
}

async function composeLedger(foundation: Foundation): Promise<DynamicModule> {
  return AuditLedgerModule.forRoot({
    ...foundation,
    database: await foundation.open('ledger', ledgerMigrations),
    tokens: foundation.tokens.verifier,
    settings: {
      folder: join(foundation.dataDir, 'ledger'),
      originBase: LEDGER_ORIGIN,
      signingSeed: await ensureRandomSecret(join(foundation.dataDir, 'keys', 'ledger.seed'), foundation.entropy),
    },
  });
}

async function composeSimulator(foundation: Foundation, keys: BankKeys, time: KeptClock, origin: string): Promise<DynamicModule> {
  const { dataDir, clock, entropy, log, tokens } = foundation;
  const password = keys.passwords.get('hankoubank') ?? '';
  return BankSimulatorModule.forRoot({
    clock,
    entropy,
    log,
    database: await foundation.open('sim/books', [simulatorBooks]),
    simClock: time,
    access: {
      assertAdmin: async (header) => {
        const token = /^Bearer (.+)$/.exec(header ?? '')?.[1];
        if (token === undefined) throw new AppError('unauthenticated', '请先登录');
        assertMayEnter(await tokens.verifier.verify(token), 'sim.clock.advance');
      },
    },
    banks: demoBanks({
      connectors: origin,
      exchange: exchangeFolder(dataDir, 'hbrcu'),
      pollUser: { user: 'hankoubank', password },
      pollMs: 500,
    }),
    signers: keys.signers,
    courtKeys: [new Ed25519Verifier(foundation.courtSigner.publicKeyPem(), foundation.courtSigner.keyId)],
  });
}
