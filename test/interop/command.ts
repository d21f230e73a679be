import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

/** How a command ended; `code` is null when a signal or the limit ended it. */
export interface CommandEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program of somebody else to its end. Returns undefined when it cannot be started, which is so where it is not installed. */
export async function runCommand(program: string, args: readonly string[], limitMs: number, cwd?: string): Promise<CommandEnd | undefined> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], signal: AbortSignal.timeout(limitMs), cwd });
  const ended = new Promise<number | null | undefined>((resolve) => {
    child.once('error', () => resolve(child.pid === undefined ? undefined : null));
    child.once('close', (code) => resolve(code));
  });
  const [code, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return code === undefined ? undefined : { code, stdout, stderr };
}
