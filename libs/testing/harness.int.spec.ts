import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { eventually, eventuallyHolds } from './eventually.js';
import { freePort, freePorts, withTempDir } from './places.js';
import { startProcess } from './process.js';

describe('eventually', () => {
  it('returns the first value that is there, zero and the empty text included', async () => {
    let asked = 0;
    expect(await eventually(() => ((asked += 1) < 3 ? undefined : asked))).toBe(3);
    expect(await eventually(() => 0)).toBe(0);
    expect(await eventually(() => '')).toBe('');
  });

  it('takes assertions that return nothing', async () => {
    let asked = 0;
    await eventuallyHolds(() => expect((asked += 1)).toBeGreaterThan(2));
    expect(asked).toBe(3);
    await expect(eventuallyHolds(async () => expect(1).toBe(2), 30)).rejects.toThrow('Expected: 2');
  });

  it('takes a throwing condition as not yet and names what it threw last', async () => {
    let asked = 0;
    const value = await eventually(() => {
      asked += 1;
      expect(asked).toBeGreaterThan(2);
      return 'there';
    });
    expect(value).toBe('there');
    await expect(eventually(() => false, 30)).rejects.toThrow('not within 30 ms: the condition stayed false');
    await expect(eventually(() => Promise.reject(new Error('no bank')), 30)).rejects.toThrow('no bank');
  });
});

describe('places', () => {
  it('removes the folder also when the body throws', async () => {
    let seen = '';
    const body = withTempDir(async (folder) => {
      seen = folder;
      await writeFile(path.join(folder, 'file'), 'x');
      throw new Error('body failed');
    });
    await expect(body).rejects.toThrow('body failed');
    expect(seen).not.toBe('');
    expect(existsSync(seen)).toBe(false);
  });

  it('finds different ports that can be bound', async () => {
    const ports = await freePorts(20);
    expect(new Set(ports).size).toBe(20);
    const server = createServer();
    const port = await freePort();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    expect(server.address()).toMatchObject({ port });
    await new Promise((resolve) => server.close(resolve));
  });
});

describe('startProcess', () => {
  it('waits for a line and passes signals on', async () => {
    await withTempDir(async (folder) => {
      const script = path.join(folder, 'child.mjs');
      await writeFile(
        script,
        `process.on('SIGTERM', () => process.exit(7)); setInterval(() => undefined, 1000); console.log('ready ' + process.argv[2] + process.env.EXTRA);`,
      );
      const child = startProcess(script, ['argument-'], { EXTRA: 'value' });
      const [, word] = await child.waitForLine(/ready (\S+)/, 10_000);
      expect(word).toBe('argument-value');
      expect(await child.stop()).toEqual({ code: 7, signal: null });
      expect(await child.stop()).toEqual({ code: 7, signal: null });
    });
  });

  it('says what a process wrote that ended too early', async () => {
    await withTempDir(async (folder) => {
      const script = path.join(folder, 'child.mjs');
      await writeFile(script, `console.error('no such port'); process.exitCode = 1;`);
      const child = startProcess(script);
      await expect(child.waitForLine(/ready/, 10_000)).rejects.toThrow('no such port');
      expect(await child.ended()).toEqual({ code: 1, signal: null });
    });
  });
});
