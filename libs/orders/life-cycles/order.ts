import type { LifeCycle } from './life-cycle.js';

export type OrderStatus = 'queued' | 'sent' | 'received' | 'answered' | 'rolled-back' | 'undetermined' | 'withdrawn';

/**
 * Progress and answers reach the gateway on two topics, so an answer may overtake the word that the order was sent: every state before
 * the end may jump forward, none may go back. `undetermined` ends by a late answer, a rollback or a person's resolution.
 */
export const ORDER_LIFE: LifeCycle<OrderStatus> = {
  name: 'order',
  initial: ['queued'],
  next: {
    queued: ['sent', 'received', 'answered', 'rolled-back', 'undetermined', 'withdrawn'],
    sent: ['received', 'answered', 'rolled-back', 'undetermined', 'withdrawn'],
    received: ['answered', 'rolled-back', 'undetermined'],
    undetermined: ['answered', 'rolled-back'],
    answered: [],
    'rolled-back': [],
    withdrawn: [],
  },
};
