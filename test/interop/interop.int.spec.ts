import { afterAll, describe, expect, it } from '@jest/globals';
import { cp } from 'node:fs/promises';
import path from 'node:path';
import { tempDir } from '#testing';
import { buildGoTools } from './go-tools.js';
import { interop } from './interop.js';

const ENTRIES = 700;
const LIMIT_MS = 400_000;

const place = await tempDir('interop-spec');
afterAll(() => place.remove());
const tools = await buildGoTools(path.resolve('test/interop/go'), place.path);

('missing' in tools ? describe.skip : describe)(`tools that are not ours${'missing' in tools ? ` (${tools.missing})` : ''}`, () => {
  it(
    'accept a log of ours and refuse it with one bit flipped, and witness and are witnessed',
    async () => {
      const outcomes = await interop(process.cwd(), ENTRIES);
      expect(outcomes.map(({ state, what }) => [state, what])).toEqual([
        ['ok', expect.stringMatching(/^signature, root of 700 entries, .*; refused a flipped bit in an entry, a tile, the checkpoint$/)],
        ['ok', expect.stringMatching(/^fsck: every tile and bundle of 700 entries; refused/)],
        ['ok', expect.stringMatching(/^signature and 64 inclusion proofs of 700 entries; refused/)],
        ['ok', expect.stringMatching(/^cosigned our checkpoints over HTTP, the last of 600 entries, .*; refused a fork \(status 422/)],
        ['ok', expect.stringMatching(/^our witness cosigned a Tessera POSIX log of 900 entries, .*; refused a fork$/)],
      ]);
    },
    LIMIT_MS,
  );
});

it('are skipped by name where the modules cannot be had', async () => {
  const empty = path.join(place.path, 'no-module');
  await cp(path.resolve('test/interop/go/main.go'), path.join(empty, 'main.go'));
  expect(await buildGoTools(empty, place.path)).toHaveProperty('missing');
});
