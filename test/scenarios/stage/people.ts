const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECK = '10X98765432';
const SURNAMES = ['赵', '钱', '孙', '李', '周', '吴', '郑', '王', '冯', '陈', '欧阳', '司马'];
const NAMES = ['志远', '小满', '建国', '晓', '秀英', '一鸣', '思远', '雨桐'];

export interface Person {
  readonly name: string;
  readonly idType: string;
  readonly idNumber: string;
}

/** An invented person, born in 1900 and with a right check digit; the same number gives the same person. */
export function person(n: number): Person {
  const body = `420106190001${String(1 + (n % 28)).padStart(2, '0')}${String(Math.floor(n / 28)).padStart(3, '0')}`;
  const sum = [...body].reduce((total, digit, at) => total + Number(digit) * (WEIGHTS[at] ?? 0), 0);
  const name = `${SURNAMES[n % SURNAMES.length] ?? ''}${NAMES[Math.floor(n / SURNAMES.length) % NAMES.length] ?? ''}`;
  return { name, idType: '01', idNumber: `${body}${CHECK[sum % 11] ?? ''}` };
}
