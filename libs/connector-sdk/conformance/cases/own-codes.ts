import type { ConformanceCase } from '../case.js';
import { figures } from '../expect.js';
import { current, freezeOrder } from '../steps.js';

/** What the simulated bank says of a line that it executed, where it is told to speak a code of its own. */
export const DRILL_CODE = 'Z1';

/** Only for a profile that maps the drill's code to `executed`: whoever else hears it is in doubt. */
export const OWN_CODES: readonly ConformanceCase[] = [
  {
    name: 'own-code-of-a-status',
    rule: 'I6',
    says: "a bank's own code counts as its profile says, and a code that is in no table is undetermined",
    given: { accounts: [current('500.00')] },
    deliveries: ['push', 'pull', 'file'],
    needs: ['simulator', 'own-codes'],
    bank: { misdeed: 'own-code' },
    broken: { misdeed: 'unknown-word' },
    run: async (stage) => void figures(await stage.court.ask(freezeOrder(stage, 0, '200.00')), { status: 'executed', limit: '200.00' }),
  },
];
