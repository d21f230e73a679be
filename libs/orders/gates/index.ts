export * from './refusal.js';
export * from './facts.js';
