import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { builtFile, freePort, startProcess, type TestProcess } from '#testing';

/** A witness as its operator runs it: `npm run witness` on a folder and port of its own. */
export class WitnessProcess {
  private process: TestProcess | undefined;
  /** Known once it has listened. */
  vkey = '';

  private constructor(
    readonly name: string,
    private readonly folder: string,
    private readonly port: number,
    private readonly logs: readonly string[],
  ) {}

  /** @param logs verifier keys of the logs that it follows */
  static async start(name: string, folder: string, logs: readonly string[]): Promise<WitnessProcess> {
    const witness = new WitnessProcess(name, folder, await freePort(), logs);
    await witness.start();
    return witness;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** The line of a policy file that names it. */
  get policyLine(): string {
    return `witness ${this.name} ${this.vkey} ${this.url}\n`;
  }

  async start(): Promise<void> {
    const file = path.join(this.folder, `${this.name}.json`);
    const { name, port, logs } = this;
    await writeFile(file, JSON.stringify({ name: `witness.test/${name}`, dataDir: name, port, logs }));
    this.process = startProcess(await builtFile('apps/audit-ledger/src/witness-main.js'), [file]);
    const [, ready = '{}'] = await this.process.waitForLine(/^ready (\{.*\})$/m);
    this.vkey = (JSON.parse(ready) as { vkey: string }).vkey;
  }

  async stop(): Promise<void> {
    await this.process?.stop();
  }
}
