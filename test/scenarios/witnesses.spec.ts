import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, eventuallyHolds, tempDir, type TempDir } from '#testing';
import { Stage } from './stage/stage.js';
import { verify } from './stage/verifier.js';
import { WitnessProcess } from './stage/witness.js';

const NAMES = ['court', 'bank', 'regulator'];
/** Long enough for several turns of the sequencer, each of which gives its witnesses a second. */
const WITHHELD_MS_MAX = 30_000;

describe('a ledger whose checkpoints need two of three witnesses', () => {
  let stage: Stage;
  let place: TempDir;
  let policy = '';
  const witnesses: WitnessProcess[] = [];

  beforeAll(async () => {
    place = await tempDir('witnesses');
    stage = await Stage.open();
    const vkey = (await stage.system.anonymous.get<string>('/ledger/vkey')).body.trim();
    for (const name of NAMES) witnesses.push(await WitnessProcess.start(name, place.path, [vkey]));
    policy = path.join(place.path, 'agreement.policy');
    const lines = [
      `log ${vkey}\n`,
      ...witnesses.map(({ policyLine }) => policyLine),
      `group agreed 2 ${NAMES.join(' ')}\n`,
      'quorum agreed\n',
    ];
    await writeFile(policy, lines.join(''));
    await stage.restart('stop', { env: { LEDGER_POLICY: policy } });
  }, 240_000);

  afterAll(async () => {
    for (const witness of witnesses) await witness.stop();
    await stage.close();
    await place.remove();
  }, 60_000);

  const checkpoint = async (): Promise<string> => (await stage.system.anonymous.get<string>('/ledger/checkpoint')).body;
  const size = async (): Promise<number> => Number((await checkpoint()).split('\n')[1]);
  const cosigned = async (): Promise<readonly string[]> => {
    const note = await checkpoint();
    return NAMES.filter((name) => note.includes(`— witness.test/${name} `));
  };

  /** Where the ledger's own metrics are: one process, or the ledger's among many. */
  async function metrics(): Promise<string> {
    const ready = /^ready (\{.*\})$/m.exec(stage.system.process.output())?.[1];
    const origin = ready === undefined ? stage.system.origin : (JSON.parse(ready) as { ledger: string }).ledger;
    return (await fetch(`${origin}/metrics`)).text();
  }

  it("publishes what its witnesses have cosigned, which the auditors' program and the search tell", async () => {
    const before = await size();
    const filed = await stage.fileCase();
    await eventuallyHolds(async () => expect(await size()).toBeGreaterThan(before), 20_000);
    await eventuallyHolds(async () => expect((await cosigned()).length).toBeGreaterThanOrEqual(2));
    const verdict = await verify('--log', `${stage.system.origin}/ledger`, '--policy', policy);
    expect([verdict.code, verdict.output]).toEqual([0, expect.stringMatching(/cosigned=[23]/)]);
    const question = new URLSearchParams({ caseNumber: filed.caseNumber }).toString();
    const found = await eventually(async () => {
      const { items } = await stage
        .as('auditor')
        .read<{ items: { coveredBy: { cosignedBy: { witness: string }[] } }[] }>(`/ledger/v1/entries?${question}`);
      return items[0];
    });
    expect(found.coveredBy.cosignedBy.length).toBeGreaterThanOrEqual(2);
  }, 90_000);

  it('publishes nothing below the quorum and says so, and goes on when a witness is back', async () => {
    const [, bank, regulator] = witnesses;
    await bank?.stop();
    await regulator?.stop();
    const before = await size();
    const kept = await checkpoint();
    await stage.fileCase();
    await eventuallyHolds(async () => expect(await metrics()).toMatch(/^chakong_ledger_checkpoint_withheld 1$/m), WITHHELD_MS_MAX);
    expect(stage.system.process.output()).toMatch(/ledger-checkpoint-withheld/);
    // Accepting goes on: facts wait, none is lost.
    const filed = await stage.fileCase();
    expect([await size(), (await checkpoint()).split('\n').slice(0, 3)]).toEqual([before, kept.split('\n').slice(0, 3)]);
    await bank?.start();
    await eventuallyHolds(async () => expect(await size()).toBeGreaterThan(before), WITHHELD_MS_MAX);
    await eventuallyHolds(async () => expect(await metrics()).toMatch(/^chakong_ledger_checkpoint_withheld 0$/m));
    expect(await cosigned()).toEqual(['court', 'bank']);
    await eventuallyHolds(async () => {
      const question = new URLSearchParams({ caseNumber: filed.caseNumber }).toString();
      const { items } = await stage.as('auditor').read<{ items: unknown[] }>(`/ledger/v1/entries?${question}`);
      expect(items.length).toBeGreaterThan(0);
    }, 20_000);
    const since = path.join(place.path, 'before.checkpoint');
    await writeFile(since, kept);
    const verdict = await verify('--log', `${stage.system.origin}/ledger`, '--policy', policy, '--since', since);
    expect([verdict.code, verdict.output]).toEqual([0, expect.stringContaining(`since=${before} `)]);
  }, 150_000);
});
