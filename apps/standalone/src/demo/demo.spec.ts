import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { SystemClock } from '#kernel';
import { withTempDir } from '#testing';
import { ApiClient } from './api-client.js';
import { DemoPlayer } from './player.js';
import { ProgressFile } from './progress.js';
import { table } from './screen.js';
import { readScript } from './script.js';
import { fill, pick } from './values.js';

const TODAY = '2026-03-10';
const scripts = join(import.meta.dirname, '../../demo');

describe('values', () => {
  it.each([
    ['${today}', '2026-03-10'],
    ['${today+1y-1d}', '2027-03-09'],
    ['(${year})鄂0106执1234号', '(2026)鄂0106执1234号'],
    ['${item.amount}', 5],
    ['a ${item.amount}', 'a 5'],
  ])('fills %s', (text, expected) => expect(fill(text, { item: { amount: 5 } }, TODAY)).toBe(expected));

  it('fills deep values and refuses a name that nobody has saved', () => {
    expect(fill({ a: ['${x}'] }, { x: 'y' }, TODAY)).toEqual({ a: ['y'] });
    expect(() => fill('${nobody}', {}, TODAY)).toThrow('nobody');
  });

  const body = {
    items: [
      { bank: 'a', no: '10', s: 'x' },
      { bank: 'b', no: '21', s: 'x' },
    ],
  };
  it.each([
    ['items[1].no', '21'],
    ['items[?bank=b].no', '21'],
    ['items[?no$=0&s=x].bank', 'a'],
    ['items[?bank=c].no', undefined],
    ['items[*s=x]', body.items],
  ])('picks %s', (path, expected) => expect(pick(body, path)).toEqual(expected));
});

describe('scripts', () => {
  it.each(readdirSync(scripts))('%s can be read and has titles', (name) => {
    const script = readScript(readFileSync(join(scripts, name), 'utf8'));
    expect(script.steps.length).toBeGreaterThan(3);
    expect(script.steps.some(({ title }) => title !== undefined)).toBe(true);
  });

  it('refuses a step that is none', () => expect(() => readScript('name: x\ntitle: x\nsteps: [{ as: officer }]')).toThrow('x/0'));
});

describe('the player', () => {
  it('goes on where it was cut off, repeating the step in doubt with the same key', async () => {
    await withTempDir(async (folder) => {
      const keys: string[] = [];
      let failing = true;
      const server = createServer((request: IncomingMessage, response) => {
        const key = request.headers['idempotency-key'];
        if (typeof key === 'string') keys.push(key);
        response.setHeader('content-type', 'application/json');
        if (request.url === '/b' && failing) {
          response.statusCode = 422;
          failing = false;
        }
        response.end(JSON.stringify({ accessToken: 't', id: `id-of-${request.url}` }));
      });
      await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
      const clock = new SystemClock();
      const script = readScript(
        'name: s\ntitle: t\nsteps:\n  - { as: o, call: POST /a, save: { a: id } }\n  - { as: o, call: "POST /b", body: { a: "${a}" }, save: { b: id } }',
      );
      const screen = { script: () => undefined, step: () => undefined };
      const play = () => {
        const api = new ApiClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 'password', clock);
        return new DemoPlayer(api, new ProgressFile(join(folder, 'demo.json')), clock, screen).play([script]);
      };
      try {
        await expect(play()).rejects.toThrow('422');
        expect(await play()).toEqual({ s: { a: 'id-of-/a', b: 'id-of-/b' } });
        await play();
      } finally {
        server.close();
        server.closeAllConnections();
      }
      expect(keys).toHaveLength(3);
      expect(keys[1]).toBe(keys[2]);
      expect(keys[0]).not.toBe(keys[1]);
    });
  });
});

it('keeps a table straight under Chinese text', () => {
  expect(
    table(
      [
        ['银行', '金额'],
        ['a', '1.00'],
      ],
      1,
    ),
  ).toEqual(['银行  金额', 'a     1.00']);
});
