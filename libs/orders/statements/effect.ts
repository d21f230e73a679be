import type { Minor } from '#kernel';
import type { LineOutcome, MeasureState } from '../answers/index.js';
import { isOpenLine } from '../life-cycles/index.js';
import type { Action } from '../words.js';

/**
 * What a line did in money, by the bank's word, as both sides book it for the day: the limit that a freeze set or a renewal carried on, by
 * how much a release lowered the limit, what a deduct moved. Nothing for a line that is open or was refused, and for inquiries.
 * @param before the measure as it stood before the answer; a freeze has none
 */
export function effectOf(
  action: Action,
  before: Pick<MeasureState, 'limit'> | undefined,
  { line, measure }: Pick<LineOutcome, 'line' | 'measure'>,
): Minor | undefined {
  if (isOpenLine(line.status) || line.status === 'refused' || line.status === 'withdrawn') return undefined;
  switch (action) {
    case 'inquire':
      return undefined;
    case 'freeze':
    case 'renew':
      return measure?.limit;
    case 'release':
      // A measure that had ended by itself had nothing left to give free.
      return measure && before ? before.limit - measure.limit : 0n;
    case 'deduct':
      return line.moved;
  }
}
