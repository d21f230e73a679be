import { parse } from 'yaml';
import { AppError } from '#kernel';

/** One call of the public API. Texts may hold `${…}` (see values.ts). */
export interface CallStep {
  readonly kind: 'call';
  readonly title?: string;
  readonly as: string;
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly body?: unknown;
  /** Names under which parts of the answer are kept, each with a path into it. */
  readonly save: Readonly<Record<string, string>>;
}

/** Asks until a part of the answer has one of the wanted values. */
export interface UntilStep {
  readonly kind: 'until';
  readonly title?: string;
  readonly as: string;
  readonly path: string;
  readonly where: string;
  readonly is: readonly string[];
  readonly seconds: number;
  readonly save: Readonly<Record<string, string>>;
}

/** Does the steps once for each member of a list that an earlier answer or this GET has given, as `${item…}`. */
export interface EachStep {
  readonly kind: 'each';
  readonly title?: string;
  readonly as: string;
  readonly path: string;
  readonly where: string;
  readonly steps: readonly Step[];
}

export type Step = CallStep | UntilStep | EachStep;

export interface Script {
  readonly name: string;
  readonly title: string;
  readonly steps: readonly Step[];
}

type Raw = Readonly<Record<string, unknown>>;

/** How long a step waits for the banks unless it says otherwise. */
const UNTIL_SECONDS = 60;
const STEPS_MAX = 500;

/** Reads a played case from YAML. @throws AppError `invalid` with the place of the first fault */
export function readScript(text: string): Script {
  const raw = parse(text) as Raw;
  const { name, title, steps } = raw;
  if (typeof name !== 'string' || typeof title !== 'string' || !Array.isArray(steps) || steps.length > STEPS_MAX) {
    throw new AppError('invalid', 'a demo script has a name, a title and steps');
  }
  return { name, title, steps: steps.map((step, index) => readStep(step as Raw, `${name}/${index}`)) };
}

function readStep(raw: Raw, place: string): Step {
  const title = typeof raw['title'] === 'string' ? { title: raw['title'] } : {};
  const as = typeof raw['as'] === 'string' ? raw['as'] : fault(place, 'as');
  const save = (raw['save'] ?? {}) as Readonly<Record<string, string>>;
  if (typeof raw['call'] === 'string') {
    const [method, path] = raw['call'].split(' ');
    if ((method !== 'GET' && method !== 'POST' && method !== 'PUT') || !path) return fault(place, 'call');
    return { kind: 'call', ...title, as, method, path, body: raw['body'], save };
  }
  if (typeof raw['until'] === 'string') {
    const where = typeof raw['where'] === 'string' ? raw['where'] : fault(place, 'where');
    const is = Array.isArray(raw['is']) ? raw['is'].map(String) : [String(raw['is'])];
    return { kind: 'until', ...title, as, path: raw['until'], where, is, seconds: Number(raw['seconds'] ?? UNTIL_SECONDS), save };
  }
  if (typeof raw['each'] === 'string' && Array.isArray(raw['steps'])) {
    const where = typeof raw['where'] === 'string' ? raw['where'] : fault(place, 'where');
    const steps = raw['steps'].map((step, index) => readStep(step as Raw, `${place}/${index}`));
    return { kind: 'each', ...title, as, path: raw['each'], where, steps };
  }
  return fault(place, 'call, until or each');
}

function fault(place: string, what: string): never {
  throw new AppError('invalid', `demo step ${place} has no right ${what}`);
}
