import { describe, expect, it } from '@jest/globals';
import { orderNumberHint } from './order-number-hint.js';

describe('the number that a body seems to be about', () => {
  it('is found in a damaged body too', () => {
    expect(orderNumberHint(Buffer.from('{"format":"x","orderNumber" : "2026-1","holdings":['))).toBe('2026-1');
    expect(orderNumberHint(Buffer.from('{"ordernumber":"1"}'))).toBeUndefined();
  });
});
