import { INPUT_BYTES_MAX } from './inputs.js';

/** How many inputs were begun, and the length of the newest; its bytes follow. */
const HEAD_BYTES = 8;
const [BEGUN, LENGTH] = [0, 1];

/** Memory that a thread and its watcher share, so that the watcher can still read the input of a thread that hangs. */
export function watchedInput(): SharedArrayBuffer {
  return new SharedArrayBuffer(HEAD_BYTES + INPUT_BYTES_MAX);
}

/** In the thread: says which input the parser gets now. */
export function noteInput(shared: SharedArrayBuffer, input: Uint8Array): void {
  const head = new Int32Array(shared, 0, 2);
  new Uint8Array(shared, HEAD_BYTES).set(input.subarray(0, INPUT_BYTES_MAX));
  Atomics.store(head, LENGTH, Math.min(input.length, INPUT_BYTES_MAX));
  Atomics.add(head, BEGUN, 1);
}

/** In the watcher: how many inputs were begun. */
export function begunInputs(shared: SharedArrayBuffer): number {
  return Atomics.load(new Int32Array(shared, 0, 2), BEGUN);
}

export function newestInput(shared: SharedArrayBuffer): Uint8Array {
  const length = Atomics.load(new Int32Array(shared, 0, 2), LENGTH);
  return new Uint8Array(shared, HEAD_BYTES, length).slice();
}
