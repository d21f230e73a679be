import { describe, expect, it } from '@jest/globals';
import { systemEntropy } from '#kernel';
import {
  CallBudget,
  CALLS_PER_SECOND_MAX,
  FailuresInMemory,
  PASSWORD_BYTES_MAX,
  Passwords,
  SIGN_IN_WAIT_MS_MAX,
  SignIn,
  SignInGuard,
  type Principal,
  type StoredUser,
} from './index.js';

class HandTime {
  ms = 1_000;
  monotonicMs = () => this.ms;
  realNow = () => this.ms;
}

describe('passwords', () => {
  const passwords = new Passwords(systemEntropy);

  it('are kept as Argon2id with 19 MiB, two passes and a salt of their own', async () => {
    const [one, two] = await Promise.all([passwords.hash('密码 1'), passwords.hash('密码 1')]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(one).not.toBe(two);
    expect(await passwords.matches(one, '密码 1')).toBe(true);
    expect(await passwords.matches(one, '密码 2')).toBe(false);
    expect(await passwords.matches(one, '')).toBe(false);
  });

  it('of nobody never match, not even the decoy itself', async () => {
    expect(await passwords.matches(undefined, 'x')).toBe(false);
    expect(await passwords.matches(undefined, '')).toBe(false);
  });

  it('never match an unusable text, not even for whoever has the stand-in as password', async () => {
    const stored = await passwords.hash('x');
    for (const unusable of ['', 'x'.repeat(PASSWORD_BYTES_MAX + 1)]) expect(await passwords.matches(stored, unusable)).toBe(false);
  });

  it('have a largest length', async () => {
    await expect(passwords.hash('x'.repeat(PASSWORD_BYTES_MAX + 1))).rejects.toMatchObject({ code: 'invalid' });
    const longest = 'x'.repeat(PASSWORD_BYTES_MAX);
    const stored = await passwords.hash(longest);
    expect(await passwords.matches(stored, longest)).toBe(true);
    expect(await passwords.matches(stored, `${longest}x`)).toBe(false);
  });

  it('are checked a few at a time, all of them', async () => {
    const stored = await passwords.hash('a');
    const answers = await Promise.all(Array.from({ length: 9 }, (_, i) => passwords.matches(stored, i % 2 ? 'a' : 'b')));
    expect(answers).toEqual([false, true, false, true, false, true, false, true, false]);
  });
});

describe('the sign-in guard', () => {
  it('lets five failures pass and then doubles the wait up to its limit', async () => {
    const time = new HandTime();
    const guard = new SignInGuard(time);
    for (let i = 0; i < 4; i++) await guard.noteFailure('officer', '::1');
    expect(await guard.waitMs('officer', '::1')).toBe(0);
    const waits: number[] = [];
    for (let i = 0; i < 11; i++) {
      await guard.noteFailure('officer', '::1');
      waits.push(await guard.waitMs('officer', '::1'));
      time.ms += await guard.waitMs('officer', '::1');
      expect(await guard.waitMs('officer', '::1')).toBe(0);
    }
    expect(waits.slice(0, 4)).toEqual([1_000, 2_000, 4_000, 8_000]);
    expect(waits.at(-1)).toBe(SIGN_IN_WAIT_MS_MAX);
  });

  it('counts per name and address, whatever the case of the name', async () => {
    const guard = new SignInGuard(new HandTime());
    for (let i = 0; i < 5; i++) await guard.noteFailure(i % 2 ? 'Officer' : 'officer', '::1');
    expect(await guard.waitMs('OFFICER', '::1')).toBe(1_000);
    expect(await guard.waitMs('officer', '10.0.0.1')).toBe(0);
    expect(await guard.waitMs('judge', '::1')).toBe(0);
  });

  it('forgets after a success, and after an hour', async () => {
    const time = new HandTime();
    const guard = new SignInGuard(time);
    for (let i = 0; i < 5; i++) await guard.noteFailure('a', '::1');
    await guard.noteSuccess('a', '::1');
    expect(await guard.waitMs('a', '::1')).toBe(0);
    for (let i = 0; i < 5; i++) await guard.noteFailure('b', '::1');
    time.ms += 3_600_001;
    await guard.noteFailure('b', '::1');
    expect(await guard.waitMs('b', '::1')).toBe(0);
  });

  it('writes nothing for a right password unless there was a wrong one before', async () => {
    const time = new HandTime();
    const book = new FailuresInMemory();
    let cleared = 0;
    const watched = {
      find: (pair: string) => book.find(pair),
      add: (pair: string, atMs: number, beforeMs: number) => book.add(pair, atMs, beforeMs),
      clear: (pair: string) => {
        cleared += 1;
        return book.clear(pair);
      },
    };
    const guard = new SignInGuard(time, watched);
    await guard.noteSuccess('a', '::1');
    expect(cleared).toBe(0);
    await guard.noteFailure('a', '::1');
    await guard.noteSuccess('a', '::1');
    await guard.noteSuccess('a', '::1');
    expect(cleared).toBe(1);
  });

  it('never makes anyone wait longer because another process has a clock ahead', async () => {
    const time = new HandTime();
    const book = new FailuresInMemory();
    const guard = new SignInGuard(time, book);
    for (let i = 0; i < 5; i++) await book.add(JSON.stringify(['a', '::1']), time.ms + 120_000, 0);
    expect(await guard.waitMs('a', '::1')).toBe(1_000);
  });

  it('stops an address that tries many names, for a minute', async () => {
    const time = new HandTime();
    const guard = new SignInGuard(time);
    for (let i = 0; i < 300; i++) await guard.noteFailure(`user-${i}`, '10.0.0.1');
    expect(await guard.waitMs('judge', '10.0.0.1')).toBe(60_000);
    expect(await guard.waitMs('judge', '10.0.0.2')).toBe(0);
    time.ms += 60_000;
    expect(await guard.waitMs('judge', '10.0.0.1')).toBe(0);
  });
});

describe('sign-in', () => {
  const passwords = new Passwords(systemEntropy);
  const principal: Principal = { userId: 'u-1', username: 'officer', name: '张警官', roles: ['officer'], courtCode: '420106' };

  async function setUp() {
    const time = new HandTime();
    const stored: StoredUser = { principal, passwordHash: await passwords.hash('right') };
    const users = new Map<string, StoredUser>([
      ['officer', stored],
      ['gone', { ...stored, disabled: true }],
    ]);
    let asked = 0;
    const directory = {
      findUser: (username: string) => {
        asked += 1;
        return Promise.resolve(users.get(username));
      },
    };
    const signIn = new SignIn(directory, passwords, new SignInGuard(time));
    const as = (username: string, password: string) => signIn.signIn({ username, password, address: '::1' });
    return { time, as, asked: () => asked };
  }

  it('gives the principal for the right password', async () => {
    const { as } = await setUp();
    expect(await as('officer', 'right')).toEqual(principal);
  });

  it('answers a wrong password, an unknown and a disabled user alike', async () => {
    const { as } = await setUp();
    const answers = await Promise.allSettled([as('officer', 'wrong'), as('nobody', 'right'), as('gone', 'right')]);
    const texts = answers.map((answer) => (answer.status === 'rejected' ? String(answer.reason) : 'signed in'));
    expect(new Set(texts).size).toBe(1);
    await expect(as('gone', 'right')).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('gives a burst no more guesses than one after the other, and says when to come back', async () => {
    const { time, as, asked } = await setUp();
    const answers = await Promise.allSettled(Array.from({ length: 30 }, () => as('officer', 'wrong')));
    expect(asked()).toBe(5);
    const codes = answers.map((answer) => (answer.status === 'rejected' ? (answer.reason as { code: string }).code : 'signed in'));
    expect(codes.filter((code) => code === 'too-many-requests').length).toBe(25);
    await expect(as('officer', 'right')).rejects.toMatchObject({ code: 'too-many-requests', extra: { retryAfter: 1 } });
    time.ms += 1_000;
    expect(await as('officer', 'right')).toEqual(principal);
  });

  it('serves many right sign-ins of one user at once', async () => {
    const { as } = await setUp();
    const all = await Promise.all(Array.from({ length: 20 }, () => as('officer', 'right')));
    expect(all.length).toBe(20);
  });
});

describe('the call budget', () => {
  it('gives each user the stated calls in a burst, then as many a second, and never more saved up', () => {
    const time = new HandTime();
    const budget = new CallBudget(time);
    const takeAll = (user: string) => {
      let taken = 0;
      while (budget.take(user).allowed) taken += 1;
      return taken;
    };
    expect(takeAll('a')).toBe(CALLS_PER_SECOND_MAX);
    expect(budget.take('a')).toEqual({ allowed: false, retryAfter: 1 });
    expect(budget.take('b')).toEqual({ allowed: true });
    time.ms += 500;
    expect(takeAll('a')).toBe(CALLS_PER_SECOND_MAX / 2);
    time.ms += 3_600_000;
    expect(takeAll('a')).toBe(CALLS_PER_SECOND_MAX);
  });
});
