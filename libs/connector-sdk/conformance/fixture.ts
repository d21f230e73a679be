import type { OrderDispatched } from '#contracts';
import type { BankProfile } from '../bank-profile.js';
import type { GivenAccount } from './case.js';
import type { PlacedCase } from './table.js';

/** A customer that a bank must hold before the kit begins, in the form of the simulator's `PUT customers`. */
export interface FixtureCustomer {
  readonly name: string;
  readonly idType: string;
  readonly idNumber: string;
  readonly accounts: readonly FixtureAccount[];
}

export interface FixtureAccount extends Omit<GivenAccount, 'legalPerson'> {
  readonly number: string;
  readonly currency: string;
  readonly legalPerson?: string;
}

const NAME = '陈志远';
const OTHER_NAME = '王小明';

const pad = (value: number, digits: number): string => String(value).padStart(digits, '0');

/** The debtor of the case at a place: a number with a birthday of 1900, so that it is nobody's. */
export function debtorOf({ place, test }: PlacedCase): OrderDispatched['debtor'] {
  const { name = NAME, kind = 'person', idType = '01' } = test.given;
  return { id: `debtor-${place}`, kind, name, idType, idNumber: idNumberOf(place, 1) };
}

const idNumberOf = (place: number, who: number): string => `420106190001${who}${pad(place, 4)}9`;
const accountNumber = (place: number, index: number): string => `6217${pad(place, 4)}${pad(index + 1, 4)}`;

/** Numbers of a case's accounts, the debtor's first. */
export function accountsOf({ place, test }: PlacedCase): readonly string[] {
  const count = test.given.accounts.length + (test.given.others?.length ?? 0);
  return Array.from({ length: count }, (_, index) => accountNumber(place, index));
}

/** What the bank must hold for these cases. */
export function fixtureOf(cases: readonly PlacedCase[], { legalPersons }: BankProfile): readonly FixtureCustomer[] {
  const account = (place: number, index: number, { legalPerson = 0, ...given }: GivenAccount): FixtureAccount => {
    const code = legalPersons[legalPerson]?.code;
    const person = legalPersons.length > 1 && code !== undefined ? { legalPerson: code } : {};
    return { number: accountNumber(place, index), kind: 'current', currency: 'CNY', ...given, ...person };
  };
  return cases.flatMap(({ place, test }) => {
    const { accounts, others = [] } = test.given;
    const { name, idType, idNumber } = debtorOf({ place, test });
    const own = accounts.map((given, index) => account(place, index, given));
    const strange = others.map((given, index) => account(place, accounts.length + index, given));
    return [
      ...(own.length > 0 ? [{ name, idType, idNumber, accounts: own }] : []),
      ...(strange.length > 0 ? [{ name: OTHER_NAME, idType: '01', idNumber: idNumberOf(place, 2), accounts: strange }] : []),
    ];
  });
}
