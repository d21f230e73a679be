/** The samples of one scrape, by metric and labels as they stand in the text: `name{a="b"}`. */
export type Scraped = ReadonlyMap<string, number>;

const SCRAPE_MS_MAX = 30_000;

/** What one process says on `/metrics`. @param origin without a trailing slash */
export async function scrape(origin: string): Promise<Scraped> {
  const answer = await fetch(`${origin}/metrics`, { signal: AbortSignal.timeout(SCRAPE_MS_MAX) });
  return samplesIn(await answer.text());
}

export function samplesIn(text: string): Scraped {
  const lines = text.matchAll(/^([a-z]\w*(?:\{.*\})?) (\S+)$/gm);
  return new Map([...lines].map(([, name = '', value]) => [name, Number(value)]));
}

/** The samples of one metric, by their labels without the braces. */
export function ofMetric(samples: Scraped, metric: string): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const [name, value] of samples) {
    if (name === metric) found.set('', value);
    else if (name.startsWith(`${metric}{`)) found.set(name.slice(metric.length + 1, -1), value);
  }
  return found;
}

export function sumOf(values: Iterable<number>): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}
