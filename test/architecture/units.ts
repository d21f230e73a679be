import type { IModule } from 'dependency-cruiser';
import type { Violation } from './violation.js';

/** The unit that a file belongs to: an app, a lib, one connector; undefined for anything else. */
export function unitOf(file: string): string | undefined {
  const match = /^(apps\/[^/]+|libs\/connectors\/[^/]+|libs\/[^/]+)\//.exec(file);
  return match?.[1];
}

/**
 * Finds units that import each other in a circle. Specs do not count: they are no part of what other units get.
 * Each circle is reported once, at its alphabetically first unit, with the files that make its edges.
 */
export function unitCycles(modules: readonly IModule[]): Violation[] {
  const graph = unitGraph(modules);
  const found = new Map<string, Violation>();
  for (const start of [...graph.keys()].sort()) {
    const circle = shortestCircle(graph, start);
    if (!circle) continue;
    const key = [...circle].sort().join(' ');
    if (found.has(key)) continue;
    const steps = circle.map((unit, at) => graph.get(unit)?.get(circle[(at + 1) % circle.length] ?? '') ?? '');
    found.set(key, { rule: 'unit-circle', at: start, detail: [...circle, start].join(' → ') + ` (by ${steps.join(', ')})` });
  }
  return [...found.values()];
}

/** unit → unit that it imports → one file in which it does */
type UnitGraph = ReadonlyMap<string, ReadonlyMap<string, string>>;

function unitGraph(modules: readonly IModule[]): UnitGraph {
  const graph = new Map<string, Map<string, string>>();
  for (const { source, dependencies } of modules) {
    const from = unitOf(source);
    if (from === undefined || source.endsWith('.spec.ts')) continue;
    const edges = graph.get(from) ?? new Map<string, string>();
    graph.set(from, edges);
    for (const { resolved } of dependencies) {
      const to = unitOf(resolved);
      if (to !== undefined && to !== from && !edges.has(to)) edges.set(to, source);
    }
  }
  return graph;
}

/** Breadth first from `start` back to `start`. */
function shortestCircle(graph: UnitGraph, start: string): string[] | undefined {
  const cameFrom = new Map<string, string>();
  const queue = [start];
  for (let unit = queue.shift(); unit !== undefined; unit = queue.shift()) {
    for (const next of graph.get(unit)?.keys() ?? []) {
      if (next === start) return pathTo(cameFrom, start, unit);
      if (cameFrom.has(next)) continue;
      cameFrom.set(next, unit);
      queue.push(next);
    }
  }
  return undefined;
}

function pathTo(cameFrom: ReadonlyMap<string, string>, start: string, end: string): string[] {
  const units = [end];
  for (let unit = end; unit !== start;) {
    unit = cameFrom.get(unit) ?? start;
    units.unshift(unit);
  }
  return units;
}
