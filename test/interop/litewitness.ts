import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { eventually, freePort, startProgram, type TestProcess } from '#testing';
import { assertCosigned, audit, refusalOf } from './auditor.js';
import { runCommand } from './command.js';
import { damagedCopy, type Damage } from './damage.js';
import { firstLine, type GoPrograms } from './go-tools.js';
import { makeLog } from './made-log.js';

export const LITEWITNESS = 'filippo.io/torchwood/cmd/litewitness';

const NAME = 'witness.test/lite';
const FACTS = 300;
/** So many that the fork is longer than what was cosigned: a shorter one is refused before anybody looks at a proof. */
const FORK_FACTS = 1_000;
const FOLLOW_MS_MAX = 10_000;
/** A byte of the last signature line, which is the witness's. */
const IN_THE_COSIGNATURE: Damage = { what: 'the cosignature', file: 'checkpoint', at: -4 };

/**
 * A real litewitness beside our ledger. The log begins without witnesses, as every log does; then the ledger is started with a policy that names
 * litewitness and publishes nothing without it. Our verifier must find the quorum and the log's SM2 line under the same policy, and miss it when the cosignature is
 * damaged. A ledger with the same key and another history must get no cosignature and publish nothing.
 */
export async function underLitewitness(tools: GoPrograms, sources: string, place: string): Promise<{ tool: string; what: string }> {
  const folder = path.join(place, 'lite');
  const begun = await makeLog(folder, FACTS);
  const vkey = (await readFile(path.join(begun.log, 'vkey'), 'utf8')).trim();
  const witness = await Litewitness.start(tools, folder, vkey);
  try {
    const policy = path.join(folder, 'agreement.policy');
    const sm2Vkey = (await readFile(path.join(begun.log, 'vkey-sm2'), 'utf8')).trim();
    await writeFile(policy, `log ${vkey}\nlog ${sm2Vkey}\nwitness lite ${witness.vkey} ${witness.url}\nquorum lite\n`);
    const { log, size } = await makeLog(folder, FACTS, policy);
    const said = await audit(log, policy);
    assertCosigned(said, size);
    if (!said.includes(' sm2=1')) throw new Error(`our verifier found no SM2 line: ${said}`);
    await assertDamageIsFound(log, policy, path.join(folder, 'damaged'));

    const fork = path.join(place, 'lite-fork');
    await makeLog(fork, FORK_FACTS);
    const refusal = await refusalOf('a fork', () => makeLog(fork, FACTS, policy), /status 422 \w[\w ]+/);
    const version = /filippo\.io\/torchwood (v\S+)/.exec(await readFile(path.join(sources, 'go.mod'), 'utf8'))?.[1] ?? '';
    const what = `cosigned our checkpoints over HTTP, the last of ${size} entries, as our verifier found under the policy; refused a fork (${refusal})`;
    return { tool: `${LITEWITNESS} ${version}`, what };
  } finally {
    await witness.stop();
  }
}

async function assertDamageIsFound(log: string, policy: string, copy: string): Promise<void> {
  await damagedCopy(log, copy, IN_THE_COSIGNATURE);
  const said = await audit(copy, policy);
  if (!said.startsWith('broken checkpoint: ')) throw new Error(`a damaged cosignature: our verifier says: ${said}`);
}

/** The witness with its key's agent, two processes. */
class Litewitness {
  private constructor(
    private readonly processes: readonly TestProcess[],
    readonly vkey: string,
    readonly url: string,
  ) {}

  static async start(tools: GoPrograms, folder: string, follows: string): Promise<Litewitness> {
    const [database, socket, address] = [path.join(folder, 'litewitness.db'), path.join(folder, 'agent'), `127.0.0.1:${await freePort()}`];
    const agent = startProgram(tools.program, ['agent', socket]);
    const processes = [agent];
    try {
      const [, fingerprint = ''] = await agent.waitForLine(/^ready (\S+)$/m);
      const options = ['-db', database, '-name', NAME, '-key', fingerprint, '-ssh-agent', socket, '-listen', address];
      const witness = startProgram(tools.litewitness, options);
      processes.push(witness);
      const [, vkey = ''] = await witness.waitForLine(/vkey="?([^\s"]+)/);
      const told = await runCommand(tools.program, ['follow', database, follows], FOLLOW_MS_MAX);
      if (told?.code !== 0) throw new Error(`litewitness could not be told of the log: ${firstLine(told?.stderr)}`);
      const url = `http://${address}`;
      await eventually(async () => (await fetch(url)).ok);
      return new Litewitness(processes, vkey, url);
    } catch (error) {
      await stopAll(processes);
      throw error;
    }
  }

  stop(): Promise<void> {
    return stopAll(this.processes);
  }
}

async function stopAll(processes: readonly TestProcess[]): Promise<void> {
  await Promise.all(processes.map((one) => one.stop('SIGINT')));
}
