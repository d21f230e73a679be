import { builtFile, startProcess, type TestSystem } from '#testing';
import type { Attack } from './attacks.js';
import type { Observer } from './observers.js';
import { startSystem, type Template, type World } from './world.js';

const MS_PER_SECOND = 1_000;

/** Who saw it, how long after the attacker had ended, and what he saw. */
export interface Detection {
  readonly by: string;
  readonly seconds: number;
  readonly saw: string;
}

export interface Outcome {
  readonly title: string;
  /** The fastest first. */
  readonly detections: readonly Detection[];
  /** Observers that were there and saw nothing. */
  readonly blind: readonly string[];
}

/** Does one attack on a copy of its own, by a process of its own, and lets everybody look at once. */
export async function attackOnce(template: Template, { name, title, when, observers }: Attack): Promise<Outcome> {
  const world = await template.world();
  const system = when === 'running' ? await startSystem(world) : undefined;
  try {
    await strike(name, world);
    const struck = performance.now();
    const looks = await Promise.all(observers.map((observer) => look(observer, world, system, struck)));
    const detections = looks.filter((each) => 'saw' in each).sort((a, b) => a.seconds - b.seconds);
    return { title, detections, blind: looks.filter((each) => !('saw' in each)).map(({ by }) => by) };
  } finally {
    await system?.stop();
    await world.witness.stop();
  }
}

/** What observers see in a world that nobody has touched: each finding is a fault of the observer. */
export async function untouched(
  template: Template,
  observers: readonly Observer[],
  watchers: readonly Observer[],
): Promise<readonly string[]> {
  const world = await template.world();
  try {
    const looks: (Detection | { readonly by: string })[] = [];
    for (const observer of observers) looks.push(await look(observer, world, undefined, 0));
    const system = await startSystem(world);
    try {
      looks.push(...(await Promise.all(watchers.map((observer) => look(observer, world, system, 0)))));
    } finally {
      await system.stop();
    }
    return looks.flatMap((each) => ('saw' in each ? [`${each.by}: ${each.saw}`] : []));
  } finally {
    await world.witness.stop();
  }
}

async function strike(name: string, world: World): Promise<void> {
  const attacker = startProcess(await builtFile('test/tamper-drill/attacker.js'), [name, world.dataDir, world.logFolder, world.oldDataDir]);
  const { code } = await attacker.ended();
  if (code !== 0) throw new Error(`the attacker failed at ${name}:\n${attacker.output()}`);
}

async function look(
  observer: Observer,
  world: World,
  system: TestSystem | undefined,
  since: number,
): Promise<Detection | { readonly by: string }> {
  const { name: by } = observer;
  const saw = await observer.look(world, system);
  if (saw === undefined || saw === '') return { by };
  return { by, seconds: (performance.now() - since) / MS_PER_SECOND, saw };
}
