export * from './caller.js';
export * from './eventually.js';
export * from './places.js';
export * from './process.js';
export * from './sample-pdf.js';
export * from './seeded-entropy.js';
export * from './system.js';
export * from './test-clock.js';
