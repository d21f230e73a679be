export * from './bus.js';
export * from './in-process-bus.js';
export * from './outbox.js';
export * from './relay.js';
export * from './inbox.js';
export * from './facts.js';
