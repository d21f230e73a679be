/**
 * Loaded before a process of a measured cluster (`node --import`): samples its CPU from the start and writes
 * `<CHAKONG_BENCH_PROFILES>/<instance>-<pid>.cpuprofile` at its end.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import path from 'node:path';

const SAMPLE_EVERY_MICROSECONDS = 1_000;

const folder = process.env['CHAKONG_BENCH_PROFILES'] ?? '.';
const session = new Session();
session.connect();
session.post('Profiler.enable');
session.post('Profiler.setSamplingInterval', { interval: SAMPLE_EVERY_MICROSECONDS });
session.post('Profiler.start');
process.once('exit', () => {
  // The answer comes in the same turn: the session is of this very thread.
  session.post('Profiler.stop', (error, result) => {
    if (error) return void process.stderr.write(`no CPU profile: ${error.message}\n`);
    mkdirSync(folder, { recursive: true });
    const name = `${process.env['CHAKONG_INSTANCE'] || 'process'}-${process.pid}.cpuprofile`;
    writeFileSync(path.join(folder, name), JSON.stringify(result.profile));
  });
});
