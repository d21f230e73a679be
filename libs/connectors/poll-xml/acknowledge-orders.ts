import { AppError, instantText, parseInstant } from '#kernel';
import { bodyList, bodyMembers, wrong } from './body-reader.js';

/** Order numbers in one acknowledgement. */
export const ACKNOWLEDGED_MAX = 500;

/** Reads `{"orderNumbers":[…],"receivedAt"}`. @throws AppError `invalid` */
export function readAcknowledgement(body: unknown): { readonly orderNumbers: readonly string[]; readonly receivedAt?: string } {
  const orderNumbers = bodyList(body, 'orderNumbers', ACKNOWLEDGED_MAX).map((one, i) => {
    if (typeof one === 'string' && one.length > 0 && one.length <= 30) return one;
    throw wrong(`/orderNumbers/${i}`, '不是请求单号');
  });
  const stated = bodyMembers(body)['receivedAt'];
  if (stated === undefined || stated === null) return { orderNumbers };
  if (typeof stated !== 'string') throw wrong('/receivedAt', '不是时间');
  return { orderNumbers, receivedAt: timeOf(stated) };
}

function timeOf(text: string): string {
  try {
    return instantText(parseInstant(text));
  } catch (error) {
    if (error instanceof AppError) throw wrong('/receivedAt', '不是时间');
    throw error;
  }
}
