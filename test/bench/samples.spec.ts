import { expect, it } from '@jest/globals';
import { rounded, Samples } from './samples.js';
import { resultLine } from './result.js';

it('takes quantiles by nearest rank', () => {
  const samples = new Samples();
  for (let value = 100; value >= 1; value -= 1) samples.add(value, 0);
  expect([0.01, 0.5, 0.99, 1].map((share) => samples.quantile(share))).toEqual([1, 50, 99, 100]);
  expect(new Samples().quantile(0.5)).toBeNull();
});

it('spreads by whole seconds, gaps included, and leaves out the last, which is none', () => {
  const samples = new Samples();
  for (const at of [0, 10, 999, 2_000, 2_500, 3_001]) samples.add(1, at);
  expect(samples.spread()).toEqual({ min: 0, median: 2, max: 3 });
});

it('gives what was not measured as null', () => {
  expect(rounded(null)).toBeNull();
  const figures = { ratePerSec: 1234.56, p50Ms: null, p99Ms: 1.234, lost: 0, doubled: 0, commitsPerOrder: null };
  expect(JSON.parse(resultLine('ledger', 'embedded', { ...figures, reference: { name: 'r', ratePerSec: 2469.12 } }))).toEqual({
    scenario: 'ledger',
    profile: 'embedded',
    ratePerSec: 1234.6,
    p50Ms: null,
    p99Ms: 1.23,
    lost: 0,
    doubled: 0,
    commitsPerOrder: null,
    cpuMsPerOrder: null,
    reference: { name: 'r', ratePerSec: 2469.1 },
    ratio: 0.5,
  });
  expect(JSON.parse(resultLine('orders', 'embedded', { ...figures, reference: null }))).toMatchObject({ reference: null, ratio: null });
});
