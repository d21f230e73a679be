import pMap from 'p-map';
import { fixtureOf, type BankBehaviour, type ConformanceCase, type PlacedCase } from '#connector-sdk';
import { errorText } from '#kernel';
import { debtorOf } from '#connector-sdk';
import { CaseStage, type StageParts } from './case-stage.js';

/** Cases that run at once; those that run alone come afterwards. */
const AT_ONCE = 24;

export interface CaseResult {
  readonly test: ConformanceCase;
  /** What is wrong; undefined: nothing. */
  readonly fault: string | undefined;
  readonly ms: number;
}

/** What every case of a run stands on. */
export type KitParts = Omit<StageParts, 'setFaults'>;

/** Runs cases against one bank. A case is broken by the bank's behaviour alone: the kit asks and judges as ever. */
export class Kit {
  constructor(
    private readonly parts: KitParts,
    private readonly cases: readonly PlacedCase[],
    private readonly broken: ReadonlySet<string>,
    private readonly onResult: (result: CaseResult) => void,
  ) {}

  async run(): Promise<readonly CaseResult[]> {
    const { simulator, court } = this.parts;
    await simulator?.customers(fixtureOf(this.cases, court.host.context.profile));
    await this.setFaults({});
    const together = this.cases.filter(({ test }) => !test.alone);
    const alone = this.cases.filter(({ test }) => test.alone);
    const results = await pMap(together, (placed) => this.tryOne(placed), { concurrency: AT_ONCE });
    for (const placed of alone) results.push(await this.tryAlone(placed));
    return results;
  }

  private async tryAlone(placed: PlacedCase): Promise<CaseResult> {
    const { front } = this.behaviourOf(placed.test);
    if (front) await this.setFaults(front);
    const result = await this.tryOne(placed, front);
    // A case that ended badly may have left a fault switched on.
    await this.setFaults({});
    return result;
  }

  private async tryOne(placed: PlacedCase, front: BankBehaviour['front'] = {}): Promise<CaseResult> {
    const { clock } = this.parts.court.foundation;
    const begun = clock.monotonicMs();
    const parts: StageParts = { ...this.parts, setFaults: (faults) => this.setFaults({ ...front, ...faults }) };
    const fault = await faultOf(placed.test, new CaseStage(parts, placed));
    const result = { test: placed.test, fault, ms: clock.monotonicMs() - begun };
    this.onResult(result);
    return result;
  }

  private behaviourOf(test: ConformanceCase): BankBehaviour {
    return (this.broken.has(test.name) ? test.broken : test.bank) ?? {};
  }

  /** Faults of the front end come beside what is wrong with single debtors, which stays for the whole run. */
  private async setFaults(front: Readonly<Record<string, unknown>>): Promise<void> {
    const byDebtor = this.cases.flatMap((placed) => {
      const { front: _, ...behaviour } = this.behaviourOf(placed.test);
      if (Object.keys(behaviour).length === 0) return [];
      return [debtorOf(placed).idNumber, ...(placed.test.idNumbers ?? [])].map((idNumber) => [idNumber, behaviour] as const);
    });
    await this.parts.simulator?.faults({ byDebtor: Object.fromEntries(byDebtor), ...front });
  }
}

/** Whatever goes wrong in a case is the case's failure: the others are tried all the same. */
async function faultOf(test: ConformanceCase, stage: CaseStage): Promise<string | undefined> {
  try {
    await test.run(stage);
    return undefined;
  } catch (error) {
    return errorText(error);
  }
}
