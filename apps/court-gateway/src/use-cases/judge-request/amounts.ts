import { AppError, parseAmount } from '#kernel';

/** Reads an amount of a posted body exactly. @throws AppError `invalid` with the pointer */
export function amountAt(text: string, currency: string, pointer: string): bigint {
  try {
    return parseAmount(text, currency);
  } catch (error) {
    if (error instanceof AppError) throw invalidAt(pointer, '不是有效的金额');
    throw error;
  }
}

/** As `amountAt`, above zero. */
export function positiveAt(text: string, currency: string, pointer: string): bigint {
  const amount = amountAt(text, currency, pointer);
  if (amount === 0n) throw invalidAt(pointer, '金额须大于零');
  return amount;
}

export function invalidAt(pointer: string, detail: string): AppError {
  return new AppError('invalid', `${pointer} ${detail}`, { errors: [{ pointer, detail }] });
}

/** Something that a body names is none of this case: answered as a thing that does not exist. */
export function unknownAt(pointer: string): AppError {
  const detail = '未找到该对象';
  return new AppError('not-found', detail, { errors: [{ pointer, detail }] });
}
