export * from './messages/order-dispatched.js';
export * from './messages/order-gates.js';
export * from './messages/order-progressed.js';
export * from './messages/order-answered.js';
export * from './messages/bank-notified.js';
export * from './messages/answer-schemas.js';
export * from './messages/messages-taken.js';
export * from './registry.js';
