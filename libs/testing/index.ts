export * from './eventually.js';
export * from './places.js';
export * from './process.js';
export * from './seeded-entropy.js';
export * from './test-clock.js';
