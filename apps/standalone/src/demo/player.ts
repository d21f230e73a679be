import { AppError, legalDateOf, sha256Hex, type Clock, type RealTime } from '#kernel';
import type { ApiClient } from './api-client.js';
import type { Progress, ProgressFile } from './progress.js';
import type { CallStep, EachStep, Script, Step, UntilStep } from './script.js';
import { fill, pick, type Values } from './values.js';

/** Where the play says what it is doing. */
export interface PlayScreen {
  script(title: string): void;
  step(title: string): void;
}

const POLL_MS = 150;

interface Scene {
  readonly values: Values;
  readonly today: string;
  /** Names the step for its Idempotency-Key, so that a repetition after a crash is recognised. */
  readonly key: string;
}

/** Plays cases through the public HTTP API only, and goes on where an earlier start was cut off. */
export class DemoPlayer {
  constructor(
    private readonly api: ApiClient,
    private readonly progress: ProgressFile,
    private readonly clock: Clock & RealTime,
    private readonly screen: PlayScreen,
  ) {}

  /** Returns what each script has saved, by the script's name. */
  async play(scripts: readonly Script[]): Promise<Readonly<Record<string, Values>>> {
    let progress = await this.progress.read();
    for (const script of scripts) progress = await this.playScript(script, progress);
    await this.progress.write({ ...progress, finished: true });
    return Object.fromEntries(Object.entries(progress.scripts).map(([name, { values }]) => [name, values]));
  }

  private async playScript(script: Script, before: Progress): Promise<Progress> {
    const start = before.scripts[script.name] ?? { nextStep: 0, values: {}, today: legalDateOf(this.clock.now()) };
    const values: Values = { ...start.values };
    let progress = before;
    if (start.nextStep < script.steps.length) this.screen.script(String(fill(script.title, values, start.today)));
    for (const [index, step] of script.steps.entries()) {
      if (index < start.nextStep) continue;
      await this.do(step, { values, today: start.today, key: `${script.name}/${index}` });
      const scene = { nextStep: index + 1, values, today: start.today };
      progress = { ...progress, scripts: { ...progress.scripts, [script.name]: scene } };
      await this.progress.write(progress);
    }
    return progress;
  }

  private async do(step: Step, scene: Scene): Promise<void> {
    if (step.title !== undefined) this.screen.step(String(fill(step.title, scene.values, scene.today)));
    if (step.kind === 'call') return this.call(step, scene);
    if (step.kind === 'until') return this.until(step, scene);
    return this.each(step, scene);
  }

  private async call(step: CallStep, { values, today, key }: Scene): Promise<void> {
    const path = String(fill(step.path, values, today));
    const body = step.body === undefined ? undefined : fill(step.body, values, today);
    const idempotencyKey = step.method === 'GET' ? undefined : `demo-${sha256Hex(`${today}/${key}`).slice(0, 32)}`;
    keep(step.save, await this.api.call(step.as, step.method, path, body, idempotencyKey), values, today);
  }

  private async until(step: UntilStep, { values, today }: Scene): Promise<void> {
    const path = String(fill(step.path, values, today));
    const end = this.clock.monotonicMs() + step.seconds * 1000;
    const wanted = step.is.map((each) => String(fill(each, values, today)));
    for (;;) {
      const answer = await this.api.call(step.as, 'GET', path);
      const found = String(pick(answer, String(fill(step.where, values, today))));
      if (wanted.includes(found)) return keep(step.save, answer, values, today);
      if (this.clock.monotonicMs() > end) {
        throw new AppError('demo-failed', `${path}: ${step.where} stayed ${found}, wanted ${wanted.join(' or ')}`, { level: 'error' });
      }
      await this.clock.realSleep(POLL_MS);
    }
  }

  private async each(step: EachStep, { values, today, key }: Scene): Promise<void> {
    const answer = await this.api.call(step.as, 'GET', String(fill(step.path, values, today)));
    const members = pick(answer, String(fill(step.where, values, today)));
    for (const item of Array.isArray(members) ? (members as unknown[]) : []) {
      // The member's own id, not its place in the list, names the step: a list may be shorter the second time.
      const id = String(pick(item, 'id') ?? pick(item, 'orderNumber'));
      for (const [index, inner] of step.steps.entries()) {
        await this.do(inner, { values: Object.assign(values, { item }), today, key: `${key}/${id}/${index}` });
      }
    }
    delete values['item'];
  }
}

function keep(save: Readonly<Record<string, string>>, answer: unknown, values: Values, today: string): void {
  for (const [name, path] of Object.entries(save)) {
    const found = pick(answer, String(fill(path, values, today)));
    if (found === undefined) throw new AppError('demo-failed', `the answer has no ${path}: ${JSON.stringify(answer).slice(0, 2000)}`);
    values[name] = found;
  }
}
