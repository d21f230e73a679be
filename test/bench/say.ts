/** Progress and details; the last line of standard output is the result alone. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
