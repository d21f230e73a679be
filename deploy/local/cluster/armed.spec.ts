import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { withTempDir } from '#testing';
import { leaveFailPoints, takeFailPoint } from './armed.js';

describe('a fail-point for the next start', () => {
  const said: string[] = [];
  const take = (folder: string, name: string): string | undefined => takeFailPoint(folder, name, (line) => said.push(line));

  it('serves one start of one process', () =>
    withTempDir((folder) => {
      leaveFailPoints(folder, { one: 'relay.marked@2', other: 'lease.taken@1' });
      expect([take(folder, 'one'), take(folder, 'one'), take(folder, 'third'), take(folder, 'other')]).toEqual([
        'relay.marked@2',
        undefined,
        undefined,
        'lease.taken@1',
      ]);
      return Promise.resolve();
    }));

  it('is none without a file, and a file that does not read is said', () =>
    withTempDir((folder) => {
      expect(take(folder, 'one')).toBeUndefined();
      expect(said).toEqual([]);
      writeFileSync(join(folder, 'fail-points.json'), '{"one":');
      expect(take(folder, 'one')).toBeUndefined();
      expect(said).toHaveLength(1);
      return Promise.resolve();
    }));
});
