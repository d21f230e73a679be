import { parentPort, workerData } from 'node:worker_threads';
import { fuzz } from './campaign.js';
import type { Campaign } from './guarded.js';
import { noteInput } from './watched-input.js';

/** One campaign in a thread of its own, which `guarded.ts` ends when an input does not come back. */
const { table, parser, inputs, seed, shared } = workerData as Campaign & { readonly shared: SharedArrayBuffer };
const { PARSERS } = (await import(table)) as typeof import('./parsers.js');
const one = PARSERS.find(({ name }) => name === parser);
if (!one) throw new Error(`no parser is named ${parser}`);
parentPort?.postMessage(await fuzz(one, inputs, seed, (input) => noteInput(shared, input)));
