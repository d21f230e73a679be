import { expect, it } from '@jest/globals';
import { newClusterId } from './cluster-id.mjs';

it('makes ids of which none begins like an option of a command line', () => {
  for (let first = 0; first < 256; first += 1) {
    const id = newClusterId((count) => Buffer.alloc(count, first));
    expect(id).toMatch(/^[A-Za-z0-9_][A-Za-z0-9_-]{21}$/);
  }
});
