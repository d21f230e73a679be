import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { parse } from 'yaml';
import { repository } from '#testing';

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly datasource?: { readonly uid: string };
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string; readonly datasource: { readonly uid: string } }[];
}

const FOLDER = path.join(repository, 'deploy', 'dashboards');
const GRID_WIDTH = 24;
/** Words of the query language, and labels. */
const LANGUAGE = new Set([
  ...['sum', 'max', 'min', 'count', 'rate', 'by', 'or', 'vector', 'histogram_quantile', 'up'],
  ...['le', 'job', 'instance', 'database', 'bank', 'status', 'state', 'reader', 'route', 'method', 'kind', 'lease', 'holder'],
]);
const dashboards = (await readdir(FOLDER)).filter((name) => name.endsWith('.json'));
const read = async (file: string) =>
  JSON.parse(await readFile(path.join(FOLDER, file), 'utf8')) as { uid: string; title: string; panels: Panel[] };

/** Names of the metrics that the apps export, with the series of a histogram, read from where they are made. */
async function exported(): Promise<ReadonlyMap<string, readonly string[]>> {
  const metrics = new Map<string, readonly string[]>();
  for (const root of ['apps', 'libs']) {
    const files = await readdir(path.join(repository, root), { recursive: true });
    for (const file of files.filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))) {
      const source = await readFile(path.join(repository, root, file), 'utf8');
      for (const [, kind, name = '', labels = ''] of source.matchAll(
        /new (Gauge|Counter|Histogram)[^]{0,40}?\(\{\s*name: '(\w+)'[^]*?labelNames: \[([^\]]*)\]/g,
      )) {
        const names = [...labels.matchAll(/'(\w+)'/g)].map(([, label = '']) => label);
        const series = kind === 'Histogram' ? ['_bucket', '_count', '_sum'] : [''];
        for (const end of series) metrics.set(name + end, names);
      }
    }
  }
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const { name } of await registry.getMetricsAsJSON()) metrics.set(name, []);
  return metrics;
}

/** The words of a query that are neither its language nor texts in quotes. */
const namesIn = (query: string) =>
  [
    ...query
      .replaceAll(/"[^"]*"/g, '')
      .replaceAll(/\[[^\]]*\]/g, '')
      .matchAll(/[a-zA-Z_]\w*/g),
  ]
    .map(([word]) => word)
    .filter((word) => !LANGUAGE.has(word));

describe.each(dashboards)('%s', (file) => {
  it('asks only for metrics and labels that the code exports', async () => {
    const metrics = await exported();
    expect(metrics.get('chakong_http_seconds_bucket')).toEqual(['method', 'route', 'status']);
    const { panels } = await read(file);
    const queries = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
    expect(queries.length).toBeGreaterThan(10);
    for (const query of queries) {
      const unknown = namesIn(query).filter((name) => !metrics.has(name));
      expect([query, unknown]).toEqual([query, []]);
      const known = new Set(['job', 'instance', 'le', ...namesIn(query).flatMap((name) => metrics.get(name) ?? [])]);
      const grouped = [...query.matchAll(/by \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(', '));
      const chosen = [...query.matchAll(/\{([^}]*)\}/g)].flatMap(([, list = '']) =>
        [...list.matchAll(/(\w+)[=!~]/g)].map(([, label = '']) => label),
      );
      expect([query, [...grouped, ...chosen].filter((label) => !known.has(label))]).toEqual([query, []]);
    }
  });

  it('uses the provisioned source of data, and its panels do not overlap', async () => {
    const sources = parse(await readFile(path.join(FOLDER, 'grafana-datasources.yaml'), 'utf8')) as { datasources: { uid: string }[] };
    const uids = sources.datasources.map(({ uid }) => uid);
    const { panels, title, uid } = await read(file);
    expect([title !== '', uid !== '', new Set(panels.map(({ id }) => id)).size]).toEqual([true, true, panels.length]);
    const taken = new Set<string>();
    for (const { type, title: name, datasource, targets = [], gridPos } of panels) {
      if (type !== 'row') expect([name, uids.includes(datasource?.uid ?? ''), targets.length > 0]).toEqual([name, true, true]);
      for (const target of targets) expect(uids).toContain(target.datasource.uid);
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(GRID_WIDTH);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
          expect([name, taken.has(`${x},${y}`)]).toEqual([name, false]);
          taken.add(`${x},${y}`);
        }
      }
    }
  });
});

it('every metric of our own is on a dashboard', async () => {
  const shown = (await Promise.all(dashboards.map((file) => readFile(path.join(FOLDER, file), 'utf8')))).join('\n');
  const own = [...(await exported()).keys()].filter((name) => name.startsWith('chakong_') && !name.endsWith('_sum'));
  expect(own.filter((name) => !shown.includes(name))).toEqual([]);
});
