import { createServer } from 'node:net';
import { AppError, systemEntropy } from '#kernel';

/** Below the ports that systems give to outgoing connections: one of those may be taken between the choice and the listening. */
const PORT_FIRST = 20_000;
const PORTS = 12_000;
const TRIES_MAX = 50;

/** `PORT=0` asks for any free port; the banks must know it before the server listens, so it is chosen here. */
export async function freePortIfZero(port: number): Promise<number> {
  if (port !== 0) return port;
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const candidate = PORT_FIRST + (systemEntropy.bytes(4).readUInt32BE(0) % PORTS);
    if (await isFree(candidate)) return candidate;
  }
  throw new AppError('unavailable', `no free port found in ${TRIES_MAX} tries`, { level: 'fatal' });
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '0.0.0.0', () => void probe.close(() => resolve(true)));
  });
}
