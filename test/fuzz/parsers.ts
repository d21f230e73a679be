import { CONTRACTS } from './entries/contracts.js';
import { COURT_XML } from './entries/court-xml.js';
import { FILE_ZIP } from './entries/file-zip.js';
import { GATEWAY } from './entries/gateway.js';
import { ISO20022 } from './entries/iso20022.js';
import { KERNEL } from './entries/kernel.js';
import { MANUAL_DESK } from './entries/manual-desk.js';
import { MERKLE } from './entries/merkle.js';
import { MESSAGING } from './entries/messaging.js';
import { POLL_XML } from './entries/poll-xml.js';
import { REALTIME_JSON } from './entries/realtime-json.js';
import { SETTINGS } from './entries/settings.js';
import { TRUST } from './entries/trust.js';
import { VERIFIER } from './entries/verifier.js';
import type { FuzzedParser } from './fuzzed-parser.js';

/** Every parser that the campaign and the ordinary spec know. */
export const PARSERS: readonly FuzzedParser[] = [
  ...KERNEL,
  ...CONTRACTS,
  ...MERKLE,
  ...MESSAGING,
  ...COURT_XML,
  ...POLL_XML,
  ...FILE_ZIP,
  ...REALTIME_JSON,
  ...ISO20022,
  ...MANUAL_DESK,
  ...GATEWAY,
  ...SETTINGS,
  ...TRUST,
  ...VERIFIER,
];
