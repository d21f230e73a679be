/** An OpenAPI document as far as it is put together here. */
interface Description {
  readonly paths?: Readonly<Record<string, unknown>>;
  readonly components?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly [member: string]: unknown;
}

const CALL_MS_MAX = 10_000;

/** What each process describes of itself, as the one interface that the entrance offers; the first one gives the title. */
export async function describeWhole(origins: readonly string[]): Promise<Description> {
  const [first = {}, ...others] = await Promise.all(origins.map(fetchDescription));
  return others.reduce<Description>(
    (whole, part) => ({
      ...whole,
      paths: { ...part.paths, ...whole.paths },
      components: mergeComponents(whole.components, part.components),
    }),
    first,
  );
}

function mergeComponents(a: Description['components'] = {}, b: Description['components'] = {}): NonNullable<Description['components']> {
  const kinds = new Set([...Object.keys(a), ...Object.keys(b)]);
  return Object.fromEntries([...kinds].map((kind) => [kind, { ...b[kind], ...a[kind] }]));
}

/** A process that is starting again is left out for the moment. */
async function fetchDescription(origin: string): Promise<Description> {
  const answer = await fetch(`${origin}/api/openapi.json`, { signal: AbortSignal.timeout(CALL_MS_MAX) }).catch(() => undefined);
  return answer?.status === 200 ? ((await answer.json()) as Description) : {};
}
