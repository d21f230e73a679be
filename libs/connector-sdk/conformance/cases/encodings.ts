import type { ConformanceCase, Given } from '../case.js';
import { equal, holdingOf, inquiryOf, must } from '../expect.js';
import { accountOf, current, freezeOrder, inquire } from '../steps.js';

/** A debtor of this name is found: both sides mean the same characters. */
function named(name: string, says: string, debtor: string, more: Partial<Given> = {}): ConformanceCase {
  return {
    name,
    rule: 'dialect: characters',
    says,
    given: { name: debtor, accounts: [current('10.00')], ...more },
    broken: { misdeed: 'finds-nothing' },
    run: async (stage) => {
      const told = await inquire(stage);
      // A character that a dialect cannot say is told by our side before anything leaves; it is never replaced by another.
      if (told.events.some(({ event, code }) => event === 'withdrawn' && code === 'unsupported-by-dialect')) return;
      equal('result', inquiryOf(told).result, 'found');
    },
  };
}

const AUTHORITY = '武汉市东西湖区人民法院（执行局）';

export const ENCODINGS: readonly ConformanceCase[] = [
  named('characters-plain', 'a common name is kept', '欧阳小芳'),
  named('characters-rare', 'a rare character of GBK is kept', '朱镕'),
  named('characters-beyond-gbk', 'a character outside GBK is kept, or refused before anything leaves', '㛃丽'),
  named('characters-beyond-the-plane', 'a character beyond the first plane is kept, or refused before anything leaves', '𠮷田'),
  named('characters-middle-dot', 'the dot in a name of several parts is kept', '买买提·艾力'),
  named('characters-latin', 'a name in Latin letters is kept', 'O’BRIEN, John & Söhne'),
  named('characters-markup', 'what looks like markup is text', '<某>&"公司\'', { kind: 'organisation', idType: '20' }),
  named('characters-full-width', 'full-width brackets and figures are kept', '武汉（中国）第１建材公司', {
    kind: 'organisation',
    idType: '20',
  }),
  named('characters-traditional', 'traditional characters are kept', '陳誌遠'),
  named('characters-long-name', 'a name of sixty characters is kept', '武汉某某'.repeat(15), { kind: 'organisation', idType: '20' }),
  {
    name: 'characters-of-an-authority',
    rule: 'dialect: characters',
    says: 'the name and document of another authority come back as they are kept at the bank',
    given: {
      accounts: [
        current('10.00', { held: [{ authority: AUTHORITY, document: '〔2026〕鄂0112执保９号', amount: '1.00', until: '2099-01-01' }] }),
      ],
    },
    broken: { misdeed: 'mangles-texts' },
    run: async (stage) => {
      const [measure] = holdingOf(await inquire(stage), accountOf(stage, 0)).priorMeasures;
      equal('authority and document', [measure?.authority, measure?.document], [AUTHORITY, '〔2026〕鄂0112执保９号']);
    },
  },
  {
    name: 'characters-of-the-court',
    rule: 'dialect: characters',
    says: 'the name of the court reaches the bank as it is, and is shown to those who come later',
    given: { accounts: [current('10.00')] },
    broken: { misdeed: 'mangles-texts' },
    run: async (stage) => {
      const freeze = freezeOrder(stage, 0, '1.00');
      await stage.court.ask(freeze);
      const { priorMeasures } = holdingOf(await inquire(stage), accountOf(stage, 0));
      must(
        priorMeasures.some(({ authority }) => authority === freeze.case.courtName),
        `the freeze is listed under ${priorMeasures.map(({ authority }) => authority).join(', ') || 'nobody'}`,
      );
    },
  },
];
