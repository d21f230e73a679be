import type { Delivery } from '../../manifest.js';
import type { ConformanceCase, Hostility, Stage, Told } from '../case.js';
import { equal, holdingOf, inquiryOf, isInDoubt, must } from '../expect.js';
import { accountOf, cny, current, deductOrder, effectsAre, freezeOrder, frozen, inquire } from '../steps.js';

const WIRE = ['push', 'pull', 'file'] as const;

/** Two inquiries in a row: whatever came before the first has been dealt with when the second is answered. */
async function goesOn(stage: Stage, available: string): Promise<void> {
  await inquire(stage);
  equal('available afterwards', holdingOf(await inquire(stage), accountOf(stage, 0)).available, cny(available));
}

function notExecuted(told: Told): void {
  const done = told.answers.flatMap(({ control }) => control?.lines ?? []).filter(({ status }) => status === 'executed');
  must(done.length === 0, 'the bank says that it executed the order');
}

function hostile(name: string, rule: string, says: string, how: Hostility, broken: ConformanceCase['broken']): ConformanceCase {
  return {
    name,
    rule,
    says,
    given: { accounts: [current('500.00')] },
    deliveries: WIRE,
    alone: true,
    broken,
    run: async (stage) => {
      const told = await stage.court.hostile(freezeOrder(stage, 0, '200.00'), how, () => goesOn(stage, '500.00'));
      notExecuted(told);
      await effectsAre(stage, 0, []);
    },
  };
}

export const SIGNATURES: readonly ConformanceCase[] = [
  hostile('signature-forged-freeze', 'R9', 'a freeze that the court did not sign is not executed', 'forged', {
    front: { trustsAnyone: true },
  }),
  {
    name: 'signature-forged-inquiry',
    rule: 'R9',
    says: 'an inquiry that the court did not sign is not answered',
    given: { accounts: [current('500.00')] },
    deliveries: WIRE,
    alone: true,
    broken: { front: { trustsAnyone: true } },
    run: async (stage) => {
      const told = await stage.court.hostile(stage.order('inquire'), 'forged', () => goesOn(stage, '500.00'));
      must(
        told.answers.every(({ inquiry }) => inquiry === undefined),
        'the bank gave accounts away to somebody who is not the court',
      );
    },
  },
  {
    name: 'signature-forged-deduct',
    rule: 'R9',
    says: 'money never moves for an order that the court did not sign',
    given: { accounts: [current('500.00')] },
    deliveries: WIRE,
    abilities: ['deduct'],
    alone: true,
    broken: { front: { trustsAnyone: true } },
    run: async (stage) => {
      const freeze = await frozen(stage, 0, '200.00');
      const told = await stage.court.hostile(deductOrder(stage, freeze, '200.00'), 'forged', () => goesOn(stage, '300.00'));
      notExecuted(told);
      equal('balance', holdingOf(await inquire(stage), accountOf(stage, 0)).balance, cny('500.00'));
      await effectsAre(stage, 0, ['freeze 200.00']);
    },
  },
  {
    name: 'signature-of-the-bank',
    rule: 'I11',
    says: "an answer carries the bank's own signature over its exact bytes",
    given: { accounts: [current('500.00')] },
    deliveries: WIRE,
    alone: true,
    broken: { front: { garbleAnswer: 1 } },
    run: async (stage) => {
      const told = await stage.court.ask(freezeOrder(stage, 0, '100.00'));
      equal('signature', told.answers[0]?.original.signature, 'valid');
    },
  },
  {
    name: 'signature-with-an-expired-key',
    rule: 'I6',
    says: "an answer under a key whose time is over counts for nothing; under the bank's valid key it counts",
    given: { accounts: [current('500.00')] },
    deliveries: WIRE,
    alone: true,
    broken: { misdeed: 'wrong-available' },
    run: async (stage) => {
      stage.bank.keyExpired(true);
      try {
        const told = await stage.court.ask(freezeOrder(stage, 0, '200.00'));
        notExecuted(told);
        must(isInDoubt(told), 'nobody is told of the doubt');
      } finally {
        stage.bank.keyExpired(false);
      }
      // Nobody knew, but the bank did it.
      await goesOn(stage, '300.00');
    },
  },
  {
    name: 'answer-garbled',
    rule: 'I6',
    says: 'an answer that changed on its way is undetermined, never done',
    given: { accounts: [current('500.00')] },
    deliveries: WIRE,
    needs: ['simulator'],
    alone: true,
    broken: { misdeed: 'wrong-available' },
    run: async (stage) => {
      await stage.bank.faults({ garbleAnswer: 1 });
      const told = await stage.court.ask(freezeOrder(stage, 0, '200.00'));
      notExecuted(told);
      await stage.bank.faults({});
      // Nobody knew, but the bank did it, and it says so when it is asked.
      await goesOn(stage, '300.00');
    },
  },
];

/**
 * Bytes that are no order, under a signature that is right: a defect on our side must do no harm at the bank. `deliveries`: where such bytes
 * can leave at all and are this order's alone. A page of a bank that polls is one document, so a record that is no XML would spoil everybody's;
 * what goes into a package is cut into its documents before.
 */
function rubbish(name: string, says: string, deliveries: readonly Delivery[], spoil: (bytes: Buffer) => Buffer): ConformanceCase {
  return { ...hostile(name, 'dialect: 05', says, spoil, { misdeed: 'wrong-available' }), deliveries };
}

const halved = (bytes: Buffer): Buffer => bytes.subarray(0, Math.floor(bytes.length / 2));
const noise = (bytes: Buffer): Buffer => Buffer.from(bytes.map((byte, at) => byte ^ (at % 251)));

export const RUBBISH: readonly ConformanceCase[] = [
  rubbish('rubbish-cut-short', 'an order that breaks off is not executed', ['push', 'file'], halved),
  rubbish('rubbish-noise', 'bytes that mean nothing are not executed', ['push'], noise),
  rubbish('rubbish-empty', 'an empty order is not executed', ['push', 'pull'], () => Buffer.alloc(0)),
  rubbish('rubbish-strange-record', 'a record that nobody knows is not executed', ['push', 'pull'], () => Buffer.from('<strange/>')),
  ...(
    [
      ['door-noise', 'bytes that mean nothing', Buffer.from('\u0000\u0001\ufffd{<PK\u0003\u0004')],
      ['door-empty', 'an empty body', Buffer.alloc(0)],
      ['door-deep-nesting', 'a thousand levels of nesting', Buffer.from('['.repeat(1_000) + ']'.repeat(1_000))],
      [
        'door-entity-bomb',
        'an entity that grows',
        Buffer.from('<!DOCTYPE a [<!ENTITY b "bbbbbbbb"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;</a>'),
      ],
      ['door-long-line', 'a megabyte of one letter', Buffer.alloc(1_048_576, 'x')],
    ] as const
  ).map(([name, what, bytes]): ConformanceCase => ({
    name,
    rule: 'I14',
    says: `${what} at the court's door changes nothing, and the bank goes on being served`,
    given: { accounts: [current('500.00')] },
    deliveries: WIRE,
    needs: ['door'],
    broken: { misdeed: 'finds-nothing' },
    run: async (stage) => {
      const fate = await stage.bank.offer(bytes);
      must(fate === 'left' || /^4\d\d$/.test(fate), `the door answered ${fate}`);
      equal('result', inquiryOf(await inquire(stage)).result, 'found');
    },
  })),
];
