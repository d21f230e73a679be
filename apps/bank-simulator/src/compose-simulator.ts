import { join } from 'node:path';
import { assertMayEnter } from '#access';
import { AppError } from '#kernel';
import type { BankKeys, Foundation, KeptClock } from '#foundation';
import type { Database } from '#persistence';
import { Ed25519Verifier } from '#trust';
import type { BankSimulatorParts } from './bank-simulator.module.js';
import { demoBanks } from './banks/bank-setup.js';

/** The polls of the demo, in milliseconds. */
const POLL_MS = 500;

export interface SimulatorSurroundings {
  /** The simulator's own books: a store that no other app shares. */
  readonly database: Database;
  readonly keys: BankKeys;
  readonly time: KeptClock;
  /** Origin of the connector that a bank calls. */
  readonly connectorOf: (bank: string) => string;
  /** Stands in for the pace of the demo. */
  readonly pollMs?: number;
}

/** What the simulated banks need of a foundation: nothing of the court's but its public key and the verifier of its tokens. */
export type SimulatorGround = Pick<Foundation, 'dataDir' | 'clock' | 'entropy' | 'log' | 'tokens' | 'courtSigner'>;

export function simulatorPartsOn(foundation: SimulatorGround, surroundings: SimulatorSurroundings): BankSimulatorParts {
  const { dataDir, clock, entropy, log, tokens, courtSigner } = foundation;
  const { database, keys, time, connectorOf, pollMs = POLL_MS } = surroundings;
  return {
    clock,
    entropy,
    log,
    database,
    simClock: time,
    access: {
      assertAdmin: async (header) => {
        const token = /^Bearer (.+)$/.exec(header ?? '')?.[1];
        if (token === undefined) throw new AppError('unauthenticated', '请先登录');
        assertMayEnter(await tokens.verifier.verify(token), 'sim.clock.advance');
      },
    },
    banks: demoBanks({
      connectorOf,
      exchange: join(dataDir, 'exchange', 'hbrcu'),
      pollUser: { user: 'hankoubank', password: keys.passwords.get('hankoubank') ?? '' },
      pollMs,
    }),
    signers: keys.signers,
    courtKeys: [new Ed25519Verifier(courtSigner.publicKeyPem(), courtSigner.keyId)],
  };
}
