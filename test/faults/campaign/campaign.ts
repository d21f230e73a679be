import { errorText } from '#kernel';
import { eventually } from '#testing';
import { ClientMemory } from '../promises.js';
import { Chance } from './chance.js';
import type { Fault, Step, Struck } from './faults.js';
import { Judge, type Verdict } from './judge.js';
import { Load, stageCases, type Known } from './load.js';
import { pause, type Rig } from './rig.js';

const LOAD_MS_MIN = 400;
const LOAD_MS_SPAN = 1_500;
const FLOW_MS_MAX = 90_000;
/** Cases grow with every freeze; new ones keep the rounds alike. */
const ROUNDS_A_CASE = 8;

/** One kill or fault, as the report counts them. */
export interface Kill {
  readonly name: string;
  /** Whether the process came by the named place at all. */
  readonly reached: boolean;
  /** From the fault until the affected processes are ready and an order has gone to the bank and back. Undefined when that never came. */
  readonly recoveryMs: number | undefined;
}

export interface Round {
  readonly number: number;
  readonly fault: string;
  readonly kills: readonly Kill[];
  /** The longest of its recoveries. Undefined when one never came. */
  readonly recoveryMs: number | undefined;
  readonly verdict: Verdict;
  readonly failedCalls: ReadonlyMap<string, number>;
}

/** Rounds on one cluster: load, a fault under it, recovery, judgement. */
export class Campaign {
  private readonly judge: Judge;
  private cases: readonly Known[] = [];
  private rounds = 0;
  private casesAge = 0;

  constructor(
    private readonly rig: Rig,
    private readonly chance: Chance,
    /** Told of each step, for whoever waits. */
    private readonly step: (what: string) => void = () => undefined,
  ) {
    this.judge = new Judge(rig.stage);
  }

  async round(fault: Fault): Promise<Round> {
    const { stage } = this.rig;
    this.rounds += 1;
    // Long campaigns outlive their tokens.
    this.rig.system.signInAgain();
    this.step(`round ${this.rounds}: ${fault.name}`);
    await this.freshCases();
    this.step('  load');
    const memory = new ClientMemory(`round-${this.rounds}`);
    const load = new Load(stage, this.cases, memory, this.chance);
    load.start();
    await pause(LOAD_MS_MIN + this.chance.below(LOAD_MS_SPAN));
    const kills: Kill[] = [];
    const wrong: string[] = [];
    for (const step of fault.steps) {
      const struck = await step.strike(this.rig);
      this.step(`  struck: ${struck.kills.map(({ name, reached }) => (reached ? name : `${name} (not reached)`)).join(', ')}`);
      const recoveryMs = await this.recovery(step, struck, memory);
      this.step(recoveryMs === undefined ? '  NOT FLOWING' : `  flowing after ${Math.round(recoveryMs)} ms`);
      kills.push(...struck.kills.map((kill) => ({ ...kill, recoveryMs })));
      wrong.push(...(struck.wrong ?? []));
    }
    await load.stop();
    await this.rig.allReady();
    this.step('  ready; judgement');
    const verdict = await this.judge.judge(memory, load.approvals, this.cases, fault.isBankFault);
    if (verdict.withPerson > 0) this.cases = [];
    return {
      number: this.rounds,
      fault: fault.name,
      kills,
      recoveryMs: worstOf(kills),
      verdict: { ...verdict, disagreed: [...wrong, ...verdict.disagreed] },
      failedCalls: load.failures,
    };
  }

  private async recovery(step: Step, { at }: Struck, memory: ClientMemory): Promise<number | undefined> {
    try {
      await this.untilFlowing(step, memory);
      return performance.now() - at;
    } catch (error) {
      this.step(`  ${errorText(error)}`);
      return undefined;
    }
  }

  private async freshCases(): Promise<void> {
    this.casesAge += 1;
    if (this.cases.length > 0 && this.casesAge <= ROUNDS_A_CASE) return;
    this.cases = await eventually(() => stageCases(this.rig.stage), FLOW_MS_MAX);
    this.casesAge = 1;
  }

  /** The affected processes are ready, and an inquiry that is posted now comes back from the bank. */
  private async untilFlowing({ processes, bank }: Step, memory: ClientMemory): Promise<void> {
    const { stage } = this.rig;
    const staged = this.cases.find((each) => each.bank === bank);
    await Promise.all(processes.map((name) => this.rig.ready(name)));
    const posted = await eventually(() => memory.post(stage, { action: 'inquire', caseId: staged?.id, banks: [bank] }), FLOW_MS_MAX);
    await eventually(async () => (await stage.request(posted.id)).status === 'completed', FLOW_MS_MAX);
  }
}

function worstOf(kills: readonly Kill[]): number | undefined {
  const each = kills.map(({ recoveryMs }) => recoveryMs);
  return each.includes(undefined) ? undefined : Math.max(0, ...each.map(Number));
}
