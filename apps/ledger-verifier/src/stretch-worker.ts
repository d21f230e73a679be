import { parentPort, workerData } from 'node:worker_threads';
import { openSource } from './log-source.js';
import { checkStretch, type Stretch } from './stretch.js';
import { TileFiles } from './tile-files.js';

/** The thread's side: takes one stretch after another of the log whose place it was given, and answers each with its findings. */
const files = new TileFiles(openSource(String(workerData)));

parentPort?.on('message', (stretch: Stretch) => {
  void checkStretch(stretch, files).then(
    (findings) => parentPort?.postMessage(findings, [findings.runs.numbers.buffer, findings.runs.bytes.buffer] as ArrayBuffer[]),
    // Not a broken log but a broken program: the thread ends with it, and the other side hears of it.
    (error: unknown) =>
      setImmediate(() => {
        throw error;
      }),
  );
});
