import { AppError, decimalsOf, type Minor } from '#kernel';

const DECIMAL = /^(0|[1-9][0-9]{0,14})(?:\.([0-9]{1,8}))?$/;

interface Scaled {
  readonly digits: bigint;
  readonly scale: number;
}

function scaled(text: string): Scaled {
  const match = DECIMAL.exec(text);
  if (!match) throw new AppError('invalid', `"${text.slice(0, 40)}" is not a plain decimal with at most 8 decimals`);
  const fraction = match[2] ?? '';
  return { digits: BigInt(match[1] + fraction), scale: fraction.length };
}

export function isDecimalText(text: string): boolean {
  return DECIMAL.test(text);
}

/** shares × unitPrice in minor units. What is below one unit is dropped: a bank never controls more than is there. */
export function productWorth(shares: string, unitPrice: string, currency: string): Minor {
  const a = scaled(shares);
  const b = scaled(unitPrice);
  const product = a.digits * b.digits * 10n ** BigInt(decimalsOf(currency));
  return product / 10n ** BigInt(a.scale + b.scale);
}
