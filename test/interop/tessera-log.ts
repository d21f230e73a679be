import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { newSignerKey, parseSignerKey } from '#merkle';
import { builtFile, startProcess } from '#testing';
import { assertCosigned, audit, refusalOf } from './auditor.js';
import { runCommand } from './command.js';
import { lastLine, type GoPrograms } from './go-tools.js';

export const TESSERA_UNDER_OUR_WITNESS = 'github.com/transparency-dev/tessera/storage/posix under our witness';

const ENTRIES = 300;
/** More than the log has when the fork comes, so that a proof is asked for. */
const FORK_ENTRIES = 1_000;
const GROW_MS_MAX = 60_000;
const SEED_BYTES = 32;

/**
 * Our witness, as `npm run witness` starts it, and a Tessera POSIX log that publishes nothing without its cosignature: Tessera asks, Tessera checks
 * the answer, and our verifier finds the quorum under the same policy. A fork under the same key must get no cosignature and not be published; the
 * log itself must go on afterwards.
 */
export async function tesseraUnderOurWitness(tools: GoPrograms, _sources: string, place: string): Promise<{ tool: string; what: string }> {
  const folder = path.join(place, 'tessera');
  await mkdir(folder);
  const inFolder = (name: string): string => path.join(folder, name);
  const key = newSignerKey('tessera.test/log', randomBytes(SEED_BYTES));
  const { vkey } = parseSignerKey(key).verifier;
  const [keyFile, policy, alone, config] = [
    inFolder('log.key'),
    inFolder('agreement.policy'),
    inFolder('alone.policy'),
    inFolder('witness.json'),
  ];
  await writeFile(keyFile, key);
  await writeFile(config, JSON.stringify({ name: 'witness.test/ours', dataDir: 'witness', logs: [vkey] }));
  const witness = startProcess(await builtFile('apps/audit-ledger/src/witness-main.js'), [config]);
  try {
    const ready = JSON.parse((await witness.waitForLine(/^ready (.*)$/m))[1] ?? '') as { url: string; vkey: string };
    await writeFile(policy, `log ${vkey}\nwitness ours ${ready.vkey} ${ready.url}\nquorum ours\n`);
    await writeFile(alone, 'quorum none\n');
    const grow = (log: string, entry: string, entries: number, under = policy): Promise<string> =>
      growTessera(tools.program, [inFolder(log), keyFile, under, entry, String(entries)]);

    await grow('log', 'entry', ENTRIES);
    await grow('log', 'entry', ENTRIES);
    await grow('fork', 'forged', FORK_ENTRIES, alone);
    await refusalOf('a fork', () => grow('fork', 'forged', ENTRIES), /no checkpoint over the new entries was published/);
    await witness.waitForLine(/witness-refused/);
    const [tool = '', grown = ''] = (await grow('log', 'entry', ENTRIES)).split('\t');
    assertCosigned(await audit(inFolder('log'), policy, '--any-entries'), 3 * ENTRIES);
    return {
      tool: `${tool} storage/posix under our witness`,
      what: `our witness cosigned ${grown}, as Tessera and our verifier found; refused a fork`,
    };
  } finally {
    await witness.stop();
  }
}

async function growTessera(program: string, args: readonly string[]): Promise<string> {
  const end = await runCommand(program, ['tessera', ...args], GROW_MS_MAX);
  if (end?.code === 0) return end.stdout.trim();
  throw new Error(lastLine(end?.stderr));
}
