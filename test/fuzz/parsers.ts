import { MERKLE } from './entries/merkle.js';
import type { FuzzedParser } from './fuzzed-parser.js';

/** Every parser that the campaign and the ordinary spec know. */
export const PARSERS: readonly FuzzedParser[] = [...MERKLE];
