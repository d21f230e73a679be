import { exactText } from '#connector-sdk';
import type { HoldingLine } from '#contracts';
import type { Telling } from './account-reader.js';
import { childrenNamed, textAt } from './elements.js';
import { standingOf } from './roles.js';
import { dayAt } from './values.js';

/** ISO 4217: no currency is involved. */
const NO_CURRENCY = 'XXX';

/** `SdBoxAndPties`: a box that the debtor rents, as a holding without a sum. We do not ask for boxes; what is told of one is not lost. */
export function boxOf(told: Element, { debtor, day }: Telling): HoldingLine | undefined {
  const { isOwner, coOwners } = standingOf(childrenNamed(told, 'Role'), debtor, day);
  if (!isOwner) return undefined;
  const closed = dayAt(told, 'SdBox', 'ClsgDt');
  const nothing = { amount: '0.00', currency: NO_CURRENCY };
  return {
    account: exactText(50)(textAt(told, 'SdBox', 'Id'), 'the number of a box'),
    kind: 'safe-deposit-box',
    currency: NO_CURRENCY,
    state: closed !== undefined && closed <= day ? 'closed' : 'normal',
    balance: nothing,
    available: nothing,
    priorMeasures: [],
    priorityRights: [],
    restriction: { code: 'safe-deposit-box', freeze: 'no', deduct: 'no', basis: '保管箱，须由执行人员到银行现场处置' },
    ...(coOwners.length === 0 ? {} : { coOwners }),
  };
}
