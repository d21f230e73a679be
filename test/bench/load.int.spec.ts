import { createServer, type Server } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { closedLoad, openLoad, type Load } from './load.js';

let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A server that answers each call after `delayMs`, or breaks the connection when the body says so. */
async function answering(delayMs: number): Promise<{ port: number; bodies: string[] }> {
  const bodies: string[] = [];
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
    request.on('end', () => {
      bodies.push(body);
      if (body === 'break') return void request.socket.destroy();
      setTimeout(() => response.writeHead(202, { 'content-length': '6' }).end('谢谢'), delayMs);
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return { port: typeof address === 'object' && address ? address.port : 0, bodies };
}

function load(body: (n: number) => string | undefined, heard: string[]): Load {
  return {
    next: (n) => {
      const text = body(n);
      return text === undefined ? undefined : { method: 'POST', path: '/x', headers: {}, body: text };
    },
    heard: (_, reply) => void heard.push(`${reply.status} ${reply.body.toString('utf8')}`),
  };
}

describe('load', () => {
  it('of a closed kind sends each request once and hears each answer whole', async () => {
    const { port, bodies } = await answering(0);
    const heard: string[] = [];
    const result = await closedLoad(
      [port],
      4,
      30,
      load((n) => (n < 200 ? `请求${n}` : undefined), heard),
    );
    expect(new Set(bodies).size).toBe(200);
    expect(heard).toEqual(Array.from({ length: 200 }, () => '202 谢谢'));
    expect([result.sent, result.latencies.count, result.broken.size]).toEqual([200, 200, 0]);
  });

  it('goes on over a new connection when one breaks, and counts the break', async () => {
    const { port } = await answering(0);
    const heard: string[] = [];
    const result = await closedLoad(
      [port],
      2,
      30,
      load((n) => (n === 3 ? 'break' : n < 20 ? 'whole' : undefined), heard),
    );
    expect(heard).toHaveLength(19);
    expect([...result.broken.values()]).toEqual([1]);
  });

  it('of an open kind counts waiting for a stalled server as latency', async () => {
    const { port } = await answering(300);
    const result = await openLoad(
      [port],
      200,
      1,
      load(() => 'x', []),
    );
    expect(result.sent).toBe(200);
    expect(result.latencies.quantile(0)).toBeGreaterThan(290);
    expect(result.seconds).toBeLessThan(3);
  });
});
