import { type LifeCycle, isFinal } from './life-cycle.js';

/**
 * `open` is a line the bank has said nothing about yet; the public interface leaves its status out. `withdrawn` is a line of an order
 * that never reached the bank. All other words are those of the public interface.
 */
export type LineStatus = 'open' | 'in-progress' | 'undetermined' | 'executed' | 'partly-executed' | 'refused' | 'withdrawn';

/** docs/rules.md: the machine of record is the line's; orders and requests derive theirs from it. */
export const LINE_LIFE: LifeCycle<LineStatus> = {
  name: 'line',
  initial: ['open'],
  next: {
    open: ['in-progress', 'undetermined', 'executed', 'partly-executed', 'refused', 'withdrawn'],
    'in-progress': ['undetermined', 'executed', 'partly-executed', 'refused'],
    undetermined: ['in-progress', 'executed', 'partly-executed', 'refused'],
    executed: [],
    'partly-executed': [],
    refused: [],
    withdrawn: [],
  },
};

/** Lines that may still take effect: they count in `committed` (I7), in open deducts and in open releases (I8). */
export function isOpenLine(status: LineStatus): boolean {
  return !isFinal(LINE_LIFE, status);
}

/** The open statuses, for queries that sum open lines. */
export const OPEN_LINE_STATUSES: readonly LineStatus[] = ['open', 'in-progress', 'undetermined'];
