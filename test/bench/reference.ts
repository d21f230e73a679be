import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, startProcess, withTempDir } from '#testing';
import type { ReferencePlace } from './bench-system.js';
import { closedLoad, type Load } from './load.js';
import { bytesPerUnit, encodeShapes, rowsPerUnit } from './row-shapes.js';
import { say } from './say.js';
import type { TableShape } from './store-reading.js';

const START_MS_MAX = 20_000;
const WARM_UP_SECONDS = 1;

export interface ReferenceRate {
  readonly name: string;
  readonly ratePerSec: number;
}

/** Calls per second of the reference under the same bodies and number of clients, over the same time. */
export async function measureReference(
  place: ReferencePlace,
  shapes: readonly TableShape[],
  run: { readonly clients: number; readonly seconds: number; readonly callsMax?: number },
  load: Load,
): Promise<number> {
  return withTempDir(async (folder) => {
    const file = path.join(folder, 'shapes.json');
    await writeFile(file, encodeShapes(shapes));
    const port = await freePort();
    const script = fileURLToPath(new URL('./reference-server.js', import.meta.url));
    const server = startProcess(script, [place.kind === 'server' ? withDatabase(place.url, place.database) : folder, file, String(port)]);
    try {
      await server.waitForLine(/^ready$/m, START_MS_MAX);
      await closedLoad([port], run.clients, WARM_UP_SECONDS, load);
      let accepted = 0;
      const counting: Load = {
        next: (n) => (n < (run.callsMax ?? Number.POSITIVE_INFINITY) ? load.next(n) : undefined),
        heard: (_, { status }) => void (accepted += status === 202 ? 1 : 0),
      };
      const result = await closedLoad([port], run.clients, run.seconds, counting);
      if (accepted !== result.latencies.count)
        say(`reference: ${result.latencies.count - accepted} calls failed\n${server.output().slice(-500)}`);
      const { min, median, max } = result.latencies.spread();
      say(`reference: ${rowsPerUnit(shapes)} rows, ${bytesPerUnit(shapes)} bytes a unit; calls per second ${min}..${median}..${max}`);
      return accepted / result.seconds;
    } finally {
      await server.stop();
    }
  }, 'reference');
}

function withDatabase(server: string, database: string): string {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.toString();
}
