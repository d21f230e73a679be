import { cp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { formatAddCheckpoint, TreeReader, type TileSource } from '#merkle';
import { eventually, withTempDir, type TestSystem } from '#testing';
import { verify } from '../scenarios/stage/verifier.js';
import { filesOver, readLog } from './forged-log.js';
import { startSystem, type World } from './world.js';

/** How long an observer that watches is watched. */
const WATCHED_MS_MAX = 30_000;

/** Someone who may notice. Says what he saw, or undefined. */
export interface Observer {
  readonly name: string;
  look(world: World, system: TestSystem | undefined): Promise<string | undefined>;
}

/** The service's own check when it is started on what the attacker has left. */
export const startUp: Observer = {
  name: 'start-up check',
  look: async (world) => {
    const system = await startSystem(world, false);
    try {
      return await eventually(() => {
        const refused = /log of \d{4}: .*/.exec(system.process.output())?.[0];
        return refused ?? (system.process.ending() ? '' : undefined);
      }, WATCHED_MS_MAX);
    } catch {
      return undefined;
    } finally {
      await system.stop();
    }
  },
};

/** A line of the log with this event; what it says is its `what` or `reason`. */
function lineWith(system: TestSystem, event: RegExp): Promise<string | undefined> {
  return eventually(() => {
    const line = system.process
      .output()
      .split('\n')
      .find((each) => event.test(each));
    return line === undefined ? undefined : (/"(?:what|reason)":"(.*?)"[,}]/.exec(line)?.[1] ?? line);
  }, WATCHED_MS_MAX).catch(() => undefined);
}

/** The audit that goes round while the ledger runs, and the sequencer, which finds that its head has moved. */
export const running: Observer = {
  name: 'running check',
  look: async (_world, system) => system && lineWith(system, /"ledger-audit-failed"|"ledger-sequencing-failed"/),
};

/** The witness remembers more than the system that was put back. */
export const witnessAhead: Observer = {
  name: 'outside witness',
  look: async (world) => {
    const system = await startSystem(world);
    try {
      // An export is a fact, and any fact makes the ledger ask for a cosignature.
      await system.as('auditor').get('/api/v1/orders/export');
      return await lineWith(system, /"witness-has-seen-more"/);
    } finally {
      await system.stop();
    }
  },
};

const verifier = (name: string, more: (world: World) => readonly string[]): Observer => ({
  name,
  look: (world) =>
    withTempDir(async (folder) => {
      // The auditor's state is his own; a run that fails must not change it for the next.
      await cp(world.drawer.state, path.join(folder, 'auditor.state'));
      const args = more(world).map((word) => (word === world.drawer.state ? path.join(folder, 'auditor.state') : word));
      const { code, output } = await verify('--log', world.logFolder, '--vkey', world.drawer.vkey, ...args);
      return code === 1 ? output.trim() : undefined;
    }),
});

export const verifies = verifier('verifier', () => []);
export const verifiesSince = verifier('verifier --since', ({ drawer }) => ['--since', drawer.kept]);
export const verifiesState = verifier('verifier --state', ({ drawer }) => ['--state', drawer.state]);
export const verifiesPolicy = verifier('verifier --policy', ({ policy }) => ['--policy', policy]);

/** The auditor fetches the court's own export of its orders and holds it against the log, until the ledger has published what was slipped in. */
export const verifiesOrders: Observer = {
  name: 'verifier --orders',
  look: async ({ logFolder, drawer }, system) =>
    withTempDir(async (folder) => {
      const file = path.join(folder, 'orders.jsonl');
      if (!system) return undefined;
      return eventually(async () => {
        await writeFile(file, (await system.as('auditor').get('/api/v1/orders/export')).bytes);
        const { code, output } = await verify('--log', logFolder, '--vkey', drawer.vkey, '--orders', file);
        return code === 1 ? output.trim() : undefined;
      }, WATCHED_MS_MAX).catch(() => undefined);
    }),
};

/** The witness is asked to cosign what the attacker has signed, as the ledger would ask it. */
export const witnessRefuses: Observer = {
  name: 'outside witness',
  look: async ({ logFolder, witness }) => {
    const checkpoint = await readFile(path.join(logFolder, 'checkpoint'));
    const { size, entries } = await readLog(logFolder);
    const asked = async (old: number, proof: readonly Buffer[]): Promise<{ status: number; text: string }> => {
      const body = new Uint8Array(formatAddCheckpoint({ old, proof, checkpoint }));
      const answer = await fetch(`${witness.url}/add-checkpoint`, { method: 'POST', body });
      return { status: answer.status, text: (await answer.text()).trim() };
    };
    const seen = Number((await asked(0, [])).text);
    const proof = seen > 0 && seen < size ? await consistency(entries, seen) : [];
    const { status, text } = await asked(seen, proof);
    return status === 200 ? undefined : `status ${status} ${text}`;
  },
};

/** The best proof that the forged log can give. */
function consistency(entries: readonly Buffer[], from: number): Promise<Buffer[]> {
  const tiles = new Map(filesOver(entries).files.map(({ path: name, bytes }) => [name, bytes]));
  const read = (name: string): Promise<Uint8Array> => Promise.resolve(tiles.get(name) ?? Buffer.alloc(0));
  const source: TileSource = {
    readTile: (level, index, width) => read(`tile/${level}/${String(index).padStart(3, '0')}${width === 256 ? '' : `.p/${width}`}`),
    readBundle: () => Promise.reject(new Error('no entries are needed for a proof')),
  };
  return new TreeReader(source, entries.length).consistencyProof(from);
}
