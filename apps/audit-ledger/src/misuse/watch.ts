import type { CanonicalValue, Instant } from '#kernel';
import type { Rule, Suspicion, WatchedFact } from './rule.js';

/** What a rule remembers of one key. */
export interface KeptState {
  readonly rule: string;
  readonly key: string;
  readonly state: CanonicalValue;
  /** Undefined: for ever. */
  readonly until: Instant | undefined;
}

/** One suspicion with the rule that has it and the entry at which it arose. */
export interface Noticed {
  readonly rule: Rule;
  readonly fact: WatchedFact;
  readonly suspicion: Suspicion;
}

/** The rules' memory while facts are read: what was loaded, and what has changed. */
export class Memory {
  private readonly states = new Map<string, KeptState | undefined>();
  private readonly changed = new Set<string>();

  constructor(loaded: readonly KeptState[]) {
    for (const state of loaded) this.states.set(nameOf(state.rule, state.key), state);
  }

  of(rule: string, key: string): KeptState | undefined {
    return this.states.get(nameOf(rule, key));
  }

  put(rule: string, key: string, state: KeptState | undefined): void {
    const name = nameOf(rule, key);
    this.states.set(name, state);
    this.changed.add(name);
  }

  /** Every key that was touched, with its state after the last fact, or undefined when it is to be forgotten. */
  changes(): readonly { readonly rule: string; readonly key: string; readonly state: KeptState | undefined }[] {
    return [...this.changed].map((name) => {
      const [rule = '', key = ''] = JSON.parse(name) as readonly string[];
      return { rule, key, state: this.states.get(name) };
    });
  }
}

const nameOf = (rule: string, key: string): string => JSON.stringify([rule, key]);

/** The keys by which the rules will want to remember these facts. */
export function keysOf(rules: readonly Rule[], facts: readonly WatchedFact[]): ReadonlyMap<string, ReadonlySet<string>> {
  const keys = new Map<string, Set<string>>();
  for (const rule of rules) {
    const named = new Set<string>();
    for (const fact of facts) {
      const key = rule.keyOf(fact);
      if (key !== undefined) named.add(key);
    }
    if (named.size > 0) keys.set(rule.name, named);
  }
  return keys;
}

/** Lets every rule see every fact, in the order of the log; the memory is changed. */
export function watch(rules: readonly Rule[], facts: readonly WatchedFact[], memory: Memory): readonly Noticed[] {
  const noticed: Noticed[] = [];
  for (const fact of facts) {
    for (const rule of rules) {
      const key = rule.keyOf(fact);
      if (key === undefined) continue;
      const before = memory.of(rule.name, key);
      const isOver = before?.until !== undefined && before.until < fact.at;
      const { state, until, suspicion } = rule.step(isOver ? undefined : before?.state, fact);
      // What was never there and is not to be kept leaves no trace.
      if (state !== undefined) memory.put(rule.name, key, { rule: rule.name, key, state, until });
      else if (before) memory.put(rule.name, key, undefined);
      if (suspicion) noticed.push({ rule, fact, suspicion });
    }
  }
  return noticed;
}
