import { CONTRACTS } from './entries/contracts.js';
import { COURT_XML } from './entries/court-xml.js';
import { FILE_ZIP } from './entries/file-zip.js';
import { KERNEL } from './entries/kernel.js';
import { MERKLE } from './entries/merkle.js';
import { POLL_XML } from './entries/poll-xml.js';
import type { FuzzedParser } from './fuzzed-parser.js';

/** Every parser that the campaign and the ordinary spec know. */
export const PARSERS: readonly FuzzedParser[] = [...KERNEL, ...CONTRACTS, ...MERKLE, ...COURT_XML, ...POLL_XML, ...FILE_ZIP];
