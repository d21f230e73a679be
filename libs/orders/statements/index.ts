export * from './totals.js';
export * from './compare.js';
export * from './effect.js';
