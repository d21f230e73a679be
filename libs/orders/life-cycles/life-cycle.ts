import { AppError } from '#kernel';

/** A life cycle as data: where it may begin and, for every state, which states may come next. */
export interface LifeCycle<S extends string> {
  readonly name: string;
  readonly initial: readonly S[];
  readonly next: Readonly<Record<S, readonly S[]>>;
}

/** Whether the table lets `from` become `to`. Staying in a state is not a move. */
export function mayMove<S extends string>(cycle: LifeCycle<S>, from: S, to: S): boolean {
  return cycle.next[from].includes(to);
}

/**
 * The next state, for writing it with compare-and-set (I13).
 * @throws AppError `invariant-broken` when the table does not know the move: a caller must have asked `mayMove` where the outside decides.
 */
export function move<S extends string>(cycle: LifeCycle<S>, from: S, to: S): S {
  if (!mayMove(cycle, from, to)) {
    throw new AppError('invariant-broken', `a ${cycle.name} does not go from ${from} to ${to}`, { level: 'fatal' });
  }
  return to;
}

/** Whether nothing comes after a state. */
export function isFinal<S extends string>(cycle: LifeCycle<S>, state: S): boolean {
  return cycle.next[state].length === 0;
}

/** Whether `text` is a state of this life cycle; for reading stored and received words. */
export function isStateOf<S extends string>(cycle: LifeCycle<S>, text: string): text is S {
  return Object.hasOwn(cycle.next, text);
}

/** Every state that can be reached from where the life cycle may begin, the beginnings included. */
export function reachable<S extends string>(cycle: LifeCycle<S>): ReadonlySet<S> {
  const seen = new Set<S>(cycle.initial);
  for (const state of seen) for (const next of cycle.next[state]) seen.add(next);
  return seen;
}
