/** A part of an element's content: a child by name and type, a group by type, or one foreign element. */
export interface Particle {
  readonly kind: 'element' | 'group' | 'any';
  readonly name: string;
  readonly type: string;
  readonly min: number;
  readonly max: number;
}

export type Content =
  | { readonly kind: 'sequence' | 'choice' | 'all'; readonly particles: readonly Particle[] }
  | { readonly kind: 'code'; readonly values: ReadonlySet<string> }
  | {
      readonly kind: 'text';
      readonly base: string;
      readonly least: number;
      readonly most: number;
      readonly pattern: RegExp | undefined;
      readonly facets: Readonly<Record<string, number>>;
    };

/** What a message of one name space may hold. */
export interface Grammar {
  readonly namespace: string;
  /** Type of the one element that such a message begins with. */
  readonly rootType: string;
  readonly types: ReadonlyMap<string, Content>;
}

const OCCURRENCES: Readonly<Record<string, readonly [number, number]>> = {
  '': [1, 1],
  '?': [0, 1],
  '*': [0, Infinity],
  '+': [1, Infinity],
};

/**
 * Reads a table of `grammar/`: one type a line. `sequence`, `choice` and `all` name children as `Name:Type` with `?`, `*`, `+` or `{0,7}`;
 * `(Type)` is a group without an element of its own, `any` one foreign element; `code` lists its values; every other word is the base of a
 * text with its lengths `1..35`, facets `totalDigits=18` and a pattern between slashes.
 * @throws Error when a table does not hold together, which is a mistake of ours
 */
export function readGrammar(table: string): Grammar {
  const lines = table
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const parts = new Map(lines.map((line) => [line.slice(0, line.indexOf(' = ')), line.slice(line.indexOf(' = ') + 3)] as const));
  const [namespace, root] = [parts.get('namespace'), parts.get('root')];
  const rootType = root?.split(':')[1];
  if (namespace === undefined || rootType === undefined) throw new Error('a table names its name space and its root');
  parts.delete('namespace');
  parts.delete('root');
  const types = new Map([...parts].map(([name, text]) => [name, contentOf(text)] as const));
  for (const content of types.values()) {
    if (!('particles' in content)) continue;
    for (const { kind, type } of content.particles) if (kind !== 'any' && !types.has(type)) throw new Error(`no type is named ${type}`);
  }
  return { namespace, rootType, types };
}

function contentOf(text: string): Content {
  const [kind = '', ...words] = text.split(' ');
  if (kind === 'sequence' || kind === 'choice' || kind === 'all') return { kind, particles: words.map(particleOf) };
  if (kind === 'code') return { kind, values: new Set(words) };
  const length = words.find((word) => /^\d+\.\.\d+$/.test(word))?.split('..');
  const facets = words.map((word) => /^(\w+)=(\d+)$/.exec(word)).filter((match) => match !== null);
  const pattern = /\/(.+)\/$/.exec(text)?.[1];
  return {
    kind: 'text',
    base: kind,
    least: Number(length?.[0] ?? 0),
    most: Number(length?.[1] ?? Infinity),
    pattern: pattern === undefined ? undefined : new RegExp(`^(?:${pattern})$`, 'u'),
    facets: Object.fromEntries(facets.map(([, name = '', value]) => [name, Number(value)])),
  };
}

function particleOf(word: string): Particle {
  const match = /^(?:(any)|\((\w+)\)|(\w+):(\w+))(\?|\*|\+|\{(\d+),(\d+)\})?$/.exec(word);
  if (!match) throw new Error(`not a particle: ${word}`);
  const [, any, group, name, type, times = '', least, most] = match;
  const [min, max] = OCCURRENCES[times] ?? [Number(least), Number(most)];
  if (any !== undefined) return { kind: 'any', name: '', type: '', min, max };
  if (group !== undefined) return { kind: 'group', name: '', type: group, min, max };
  return { kind: 'element', name: name ?? '', type: type ?? '', min, max };
}
