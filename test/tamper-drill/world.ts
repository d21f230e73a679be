import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { eventually, TestSystem } from '#testing';
import { Stage } from '../scenarios/stage/stage.js';
import { verify } from '../scenarios/stage/verifier.js';
import { WitnessProcess } from '../scenarios/stage/witness.js';

const WITNESS = 'regulator';
const COVERED_MS_MAX = 30_000;

/** What an auditor has in his own drawer: nobody on the ledger's machine can reach it. */
export interface Drawer {
  readonly vkey: string;
  /** The newest checkpoint that he was shown. */
  readonly kept: string;
  /** The state of his last run of the verifier. */
  readonly state: string;
}

/** One installation with its outside witness, which an attack may have. */
export interface World {
  readonly dataDir: string;
  readonly logFolder: string;
  readonly oldDataDir: string;
  readonly policy: string;
  readonly witness: WitnessProcess;
  readonly drawer: Drawer;
}

/**
 * A real embedded system that has played some requests under the eyes of a witness, at rest; an older backup of it; what the auditor keeps.
 * Every attack is done on a copy of its own, with a copy of the witness as it was.
 */
export class Template {
  private worlds = 0;

  private constructor(
    private readonly folder: string,
    private readonly year: string,
    private readonly drawer: Drawer,
  ) {}

  static async make(folder: string): Promise<Template> {
    const stage = await Stage.open({ profile: 'embedded' });
    try {
      const vkey = (await stage.system.anonymous.get<string>('/ledger/vkey')).body.trim();
      await mkdir(path.join(folder, 'witness'));
      const witness = await WitnessProcess.start(WITNESS, path.join(folder, 'witness'), [vkey]);
      const policy = await writePolicy(folder, vkey, witness);
      await stage.restart('stop', { profile: 'embedded', env: { LEDGER_POLICY: policy } });
      await stage.fileCase();
      await settled(stage.system);
      await stage.system.stop();
      await cp(stage.dataDir, path.join(folder, 'old'), { recursive: true });
      await stage.restart('stop', { profile: 'embedded', env: { LEDGER_POLICY: policy } });
      await stage.inquiredCase();
      await settled(stage.system);
      await stage.system.stop();
      await witness.stop();
      await cp(stage.dataDir, path.join(folder, 'now'), { recursive: true });
      return new Template(folder, yearOf(vkey), await fillDrawer(folder, vkey));
    } finally {
      await stage.close();
    }
  }

  /** A copy of everything, with a running witness. */
  async world(): Promise<World> {
    this.worlds += 1;
    const place = path.join(this.folder, `world-${this.worlds}`);
    await mkdir(place);
    await cp(path.join(this.folder, 'now'), path.join(place, 'data'), { recursive: true });
    await cp(path.join(this.folder, 'old'), path.join(place, 'old'), { recursive: true });
    await cp(path.join(this.folder, 'witness'), path.join(place, 'witness'), { recursive: true });
    const witness = await WitnessProcess.start(WITNESS, path.join(place, 'witness'), [this.drawer.vkey]);
    const dataDir = path.join(place, 'data');
    return {
      dataDir,
      logFolder: path.join(dataDir, 'ledger', this.year),
      oldDataDir: path.join(place, 'old'),
      policy: await writePolicy(place, this.drawer.vkey, witness),
      witness,
      drawer: this.drawer,
    };
  }
}

/** Starts the system of a world as its operator would. */
export function startSystem({ dataDir, policy }: World, waitUntilReady = true): Promise<TestSystem> {
  return TestSystem.start({ dataDir, profile: 'embedded', env: { LEDGER_POLICY: policy }, waitUntilReady });
}

async function writePolicy(folder: string, vkey: string, witness: WitnessProcess): Promise<string> {
  const file = path.join(folder, 'agreement.policy');
  await writeFile(file, `log ${vkey}\n${witness.policyLine}quorum ${WITNESS}\n`);
  return file;
}

/** Waits until nothing is under way to the log. */
async function settled(system: TestSystem): Promise<void> {
  let last = '';
  await eventually(async () => {
    const metrics = (await system.anonymous.get<string>('/metrics')).body;
    const note = (await system.anonymous.get<string>('/ledger/checkpoint')).body;
    const quiet = !/^chakong_(?:outbox_unpublished|bus_lag)\{[^}]*\} [1-9]/m.test(metrics);
    const same = note === last && Number(note.split('\n')[1]) > 0 && note.includes(`— witness.test/${WITNESS} `);
    last = note;
    return quiet && same ? note : undefined;
  }, COVERED_MS_MAX);
}

async function fillDrawer(folder: string, vkey: string): Promise<Drawer> {
  const drawer = { vkey, kept: path.join(folder, 'kept.checkpoint'), state: path.join(folder, 'auditor.state') };
  const log = path.join(folder, 'now', 'ledger', yearOf(vkey));
  await cp(path.join(log, 'checkpoint'), drawer.kept);
  const verdict = await verify('--log', log, '--vkey', vkey, '--state', drawer.state);
  if (verdict.code !== 0) throw new Error(`the log is not good before any attack: ${verdict.output}`);
  const size = Number((await readFile(path.join(log, 'checkpoint'), 'utf8')).split('\n')[1]);
  if (!(await readdir(path.join(folder, 'old', 'ledger', yearOf(vkey)))).includes('checkpoint') || size < 20)
    throw new Error('the played system has too small a log for the drill');
  return drawer;
}

/** The origin of a log ends in its year. */
function yearOf(vkey: string): string {
  return /\/(\d{4})\+/.exec(vkey)?.[1] ?? '';
}
