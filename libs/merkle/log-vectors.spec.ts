import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { logVectors } from './fixtures/log-vectors.js';

it('the published vectors of a log are what the writer writes', async () => {
  const published = JSON.parse(readFileSync(new URL('../../docs/ledger/log-vectors.json', import.meta.url), 'utf8')) as unknown;
  // Made anew with `writeFile(…, JSON.stringify(await logVectors()))` when the format changes, which is a new version of it.
  expect(published).toEqual(await logVectors());
});
