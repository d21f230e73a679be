/** At most this many characters are shown at each end of a number. */
const SHOWN_AT_END_MAX = 4;

/**
 * Shows at most four characters at each end and never more than half of the text; the rest becomes `*`, one for one.
 * Characters are code points after NFKC, so full-width digits cannot smuggle anything past a search for clear numbers.
 */
function maskMiddle(value: string): string {
  const characters = [...value.normalize('NFKC').trim()];
  const shown = Math.min(SHOWN_AT_END_MAX, Math.floor(characters.length / 4));
  return characters.map((c, at) => (at < shown || at >= characters.length - shown ? c : '*')).join('');
}

/** `420106198803121234` → `4201**********1234`: neither the date of birth nor the district shows. */
export function maskIdNumber(idNumber: string): string {
  return maskMiddle(idNumber);
}

/** `6222021234567890123` → `6222***********0123`. */
export function maskAccount(account: string): string {
  return maskMiddle(account);
}

/** `13812345678` → `138****5678`; shorter numbers show a quarter at each end. */
export function maskPhone(phone: string): string {
  const text = phone.normalize('NFKC').trim();
  return /^1\d{10}$/.test(text) ? `${text.slice(0, 3)}****${text.slice(-4)}` : maskMiddle(text);
}

/** `陈建国` → `陈**`: the first character and always two stars, so that the length does not show. Organisations' names are public and stay clear. */
export function maskName(name: string): string {
  const [first = ''] = name.normalize('NFKC').trim();
  return `${first}**`;
}
