import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AppError } from '#kernel';
import {
  ACTIONS,
  assertMay,
  assertMayEnter,
  bankScopeOf,
  courtScopeOf,
  may,
  mayEnter,
  ROLES,
  type Action,
  type Principal,
  type ResourceOf,
  type Role,
  type Verdict,
} from './index.js';

/**
 * What the public interface says, written down a second time and apart from the table under test. One letter per role, in the order
 * officer judge leader clerk reviewer auditor admin service:
 * `-` never · `a` anywhere · `c` own court · `h` own court and handler · `p` another person with a missing role ·
 * `q` another person than who has asked · `b` own bank · `r` own bank, not who answered · `n` only to hear that it is his own · `o` own thing
 */
const EXPECTED: Readonly<Record<Action, string>> = {
  'officer.list': '-----aa-',
  'officer.write': '------a-',
  'officer.file': '------a-',
  'court-accounts.write': '------a-',
  'case.create': 'cc------',
  'case.read': 'ccc--a--',
  'case.list': 'aaa--a--',
  'case.debt.change': 'cc------',
  'case.debt.approve': 'ppp-----',
  'case.satisfaction.add': 'cc------',
  'case.court-account.change': 'cc------',
  'case.court-account.approve': 'ppp-----',
  'case.close': 'cc------',
  'party.reveal': 'ccc-----',
  'import.start': 'aaa---a-',
  'import.line': 'ccc---a-',
  'import.read': 'ooo---a-',
  'instrument.add': 'cc------',
  'instrument.read': 'ccc--a--',
  'instrument.content.read': 'ccc--a--',
  'instrument.void': 'cc------',
  'request.batch': 'a-------',
  'request.inquire': 'h-------',
  'request.freeze': 'c-------',
  'request.renew': 'c-------',
  'request.release': 'c-------',
  'request.deduct': 'c-------',
  'request.read': 'ccc--a--',
  'request.list': 'aaa--a--',
  'request.events.read': 'ccc--a--',
  'request.approve': 'ppp-----',
  'request.withdraw': 'ccc-----',
  'request.proof.read': 'ccc--a--',
  'request.proof.open': 'ccc--a--',
  'holding.list': 'ccc--a--',
  'holding.transactions.read': 'ccc--a--',
  'holding.reveal': 'ccc-----',
  'freeze-plan.make': 'ccc-----',
  'measure.list': 'ccc--a--',
  'measure.expiring.list': 'aaa--a--',
  'measure.reveal': 'ccc-----',
  'payment.list': 'ccc--a--',
  'payment.credited': 'cc------',
  'payment.returned': 'cc------',
  'payment.claim': 'cc------',
  'task.list': 'aaa--a--',
  'task.done': 'ccc-----',
  'bank-task.done': '--a-----',
  'order.resolve': 'cc------',
  'order.resolution.approve': 'ppp-----',
  'order.receipts.read': 'ccc--a--',
  'order.receipt.content.read': 'ccc--a--',
  'order.original.read': '-----a--',
  'order.export': '-----a--',
  'bank.list': 'aaaaaaaa',
  'statement.list': '--aaaa--',
  'statement.read': '--abba--',
  'event-feed.read': '-----a-a',
  'ledger.entries.read': '-----a--',
  'ledger.findings.read': '-----a--',
  'ledger.finding.mark': '-----f--',
  'case.erase': '-cc-----',
  'case.erase.approve': '-kk-----',
  'case.erasure.read': '-cc--a--',
  'case.erasure.list': '-aa--a--',
  'dead-letter.list': '-----aa-',
  'dead-letter.read': '-----aa-',
  'dead-letter.redrive': '------a-',
  'dead-letter.redrive.approve': '------q-',
  'desk.list': '---aa---',
  'desk.read': '---bb---',
  'desk.documents.read': '---bb---',
  'desk.answer': '---b----',
  'desk.rollback': '---b----',
  'desk.receipt.add': '---b----',
  'desk.review': '---nr---',
  'desk.objection': '---b----',
  'desk.register.read': '---aaa--',
  'sim.customers.read': '------a-',
  'sim.customers.write': '------a-',
  'sim.account.credit': '------a-',
  'sim.account.redeem': '------a-',
  'sim.journal.read': '------a-',
  'sim.faults.write': '------a-',
  'sim.effect.add': '------a-',
  'sim.clock.advance': '------a-',
};

const HIDDEN = 'hidden';
const NEVER = 'forbidden';
const YES = 'allowed';

function person(...roles: Role[]): Principal {
  return { userId: 'u-me', username: 'me', name: '本人', roles, courtCode: '420106', bank: 'wrcb' };
}

/** Every attribute any rule asks for, all in favour of `person`. */
const FITTING = {
  courtCode: '420106',
  bank: 'wrcb',
  handlers: ['u-other', 'u-me'],
  requestedBy: 'u-other',
  approvedBy: [] as string[],
  rolesNeeded: [...ROLES],
  answeredBy: 'u-other',
  askedBy: 'u-other',
  about: 'u-other',
  ownerId: 'u-me',
};

function wordOf(verdict: Verdict): string {
  return verdict.kind === 'forbidden' ? verdict.code : verdict.kind;
}

function ask(principal: Principal, action: Action, change: Partial<typeof FITTING> = {}): string {
  return wordOf(may(principal, action, { ...FITTING, ...change } as unknown as ResourceOf<Action> & Record<string, never>));
}

/** What each letter promises, as [change of the fitting resource, verdict]. */
const PROMISES: Readonly<Record<string, readonly (readonly [Partial<typeof FITTING>, string])[]>> = {
  '-': [
    [{}, NEVER],
    [{ requestedBy: 'u-me', answeredBy: 'u-me', courtCode: '999999', bank: 'x' }, NEVER],
  ],
  a: [
    [{}, YES],
    [{ courtCode: '999999', bank: 'x', ownerId: 'u-other', handlers: [] }, YES],
  ],
  c: [
    [{}, YES],
    [{ handlers: [] }, YES],
    [{ courtCode: '999999' }, HIDDEN],
  ],
  h: [
    [{}, YES],
    [{ handlers: ['u-other'] }, 'not-handler'],
    [{ courtCode: '999999' }, HIDDEN],
  ],
  p: [
    [{}, YES],
    [{ requestedBy: 'u-me' }, 'own-approval'],
    [{ requestedBy: 'u-me', rolesNeeded: [] }, 'own-approval'],
    [{ approvedBy: ['u-me'] }, NEVER],
    [{ rolesNeeded: [] }, NEVER],
    [{ courtCode: '999999', requestedBy: 'u-me' }, HIDDEN],
  ],
  k: [
    [{}, YES],
    [{ askedBy: 'u-me' }, 'own-approval'],
    [{ courtCode: '999999' }, HIDDEN],
    [{ courtCode: '999999', askedBy: 'u-me' }, HIDDEN],
  ],
  q: [
    [{}, YES],
    [{ courtCode: '999999', bank: 'x' }, YES],
    [{ askedBy: 'u-me' }, 'own-approval'],
  ],
  f: [
    [{}, YES],
    [{ about: 'u-me' }, NEVER],
  ],
  b: [
    [{}, YES],
    [{ answeredBy: 'u-me' }, YES],
    [{ bank: 'hbrcu' }, HIDDEN],
  ],
  r: [
    [{}, YES],
    [{ answeredBy: 'u-me' }, 'own-approval'],
    [{ bank: 'hbrcu', answeredBy: 'u-me' }, HIDDEN],
  ],
  n: [
    [{}, NEVER],
    [{ answeredBy: 'u-me' }, 'own-approval'],
    [{ bank: 'hbrcu' }, HIDDEN],
  ],
  o: [
    [{}, YES],
    [{ ownerId: 'u-other' }, HIDDEN],
  ],
};

describe('the policy', () => {
  it('has exactly the actions that are expected', () => expect([...ACTIONS].sort()).toEqual(Object.keys(EXPECTED).sort()));

  const cells = ACTIONS.flatMap((action) => ROLES.map((role, at) => [action, role, EXPECTED[action][at] ?? '?'] as const));

  it.each(cells)('%s by %s is %j', (action, role, letter) => {
    expect(mayEnter(person(role), action)).toBe(letter !== '-');
    for (const [change, verdict] of PROMISES[letter] ?? [[{}, 'no such letter']]) {
      expect([change, ask(person(role), action, change)]).toEqual([change, verdict]);
    }
  });

  it('denies whoever has no role, or a role that it does not know', () => {
    for (const action of ACTIONS) {
      expect(ask(person(), action)).toBe(NEVER);
      for (const odd of ['root', 'toString', '__proto__', 'constructor']) {
        expect(mayEnter(person(odd as Role), action)).toBe(false);
        expect(ask(person(odd as Role), action)).toBe(NEVER);
      }
    }
  });

  it('shows nothing of a court or bank to someone who belongs to none', () => {
    const { userId, username, name } = person();
    const nowhere = (role: Role): Principal => ({ userId, username, name, roles: [role] });
    expect(ask(nowhere('officer'), 'case.read', { courtCode: undefined })).toBe(HIDDEN);
    expect(ask(nowhere('clerk'), 'desk.read', { bank: undefined })).toBe(HIDDEN);
  });

  it('needs the missing role itself for an approval, not just any approving one', () => {
    expect(ask(person('judge'), 'request.approve', { rolesNeeded: ['judge', 'leader'] })).toBe(YES);
    expect(ask(person('leader'), 'request.approve', { rolesNeeded: ['judge'] })).toBe(NEVER);
    expect(ask(person('officer'), 'request.approve', { rolesNeeded: ['judge'] })).toBe(NEVER);
  });

  it('lets several roles add rights but never undo the rule of the second person', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.constantFrom(...ROLES)), (roles) => {
        const all = person(...roles);
        const approving = ['request.approve', 'case.debt.approve', 'case.court-account.approve', 'order.resolution.approve'] as const;
        for (const action of approving) if (ask(all, action, { requestedBy: 'u-me' }) === YES) return false;
        if (ask(all, 'desk.review', { answeredBy: 'u-me' }) === YES) return false;
        if (ask(all, 'dead-letter.redrive.approve', { askedBy: 'u-me' }) === YES) return false;
        if (ask(all, 'case.erase.approve', { askedBy: 'u-me' }) === YES) return false;
        return ACTIONS.every((action) => (ask(all, action) === YES) === roles.some((role) => ask(person(role), action) === YES));
      }),
    );
  });

  it('answers in problem codes', () => {
    const codeOf = (work: () => void) => {
      try {
        work();
        return 'none';
      } catch (error) {
        return error instanceof AppError ? error.code : 'other';
      }
    };
    const officer = person('officer');
    expect(codeOf(() => assertMay(officer, 'case.read', { courtCode: '420106' }))).toBe('none');
    expect(codeOf(() => assertMay(officer, 'case.read', { courtCode: '420107' }))).toBe('not-found');
    expect(codeOf(() => assertMay(officer, 'request.inquire', { courtCode: '420106', handlers: [] }))).toBe('not-handler');
    expect(codeOf(() => assertMay(officer, 'officer.write', {}))).toBe('forbidden');
    expect(codeOf(() => assertMayEnter(officer, 'sim.clock.advance'))).toBe('forbidden');
    expect(codeOf(() => assertMayEnter(officer, 'request.approve'))).toBe('none');
  });
});

describe('the scope of lists', () => {
  const { courtCode: _court, bank: _bank, ...unplaced } = person();
  it.each([
    [person('officer'), { kind: 'court', courtCode: '420106' }, { kind: 'nothing' }],
    [person('judge'), { kind: 'court', courtCode: '420106' }, { kind: 'nothing' }],
    [person('clerk'), { kind: 'nothing' }, { kind: 'bank', bank: 'wrcb' }],
    [person('auditor'), { kind: 'all' }, { kind: 'all' }],
    [person('admin'), { kind: 'nothing' }, { kind: 'nothing' }],
    [person('service'), { kind: 'court', courtCode: '420106' }, { kind: 'nothing' }],
    [{ ...unplaced, roles: ['service'] }, { kind: 'all' }, { kind: 'nothing' }],
    [{ ...unplaced, roles: ['officer'] }, { kind: 'nothing' }, { kind: 'nothing' }],
    [{ ...unplaced, roles: ['clerk'] }, { kind: 'nothing' }, { kind: 'nothing' }],
  ] as const)('of %j', (principal, court, bank) => {
    expect(courtScopeOf(principal)).toEqual(court);
    expect(bankScopeOf(principal)).toEqual(bank);
  });
});
