import { formatAmount, type LegalDate, type Minor } from '#kernel';
import type { InstrumentType } from '#orders';

/** What a template needs to know of the case. */
export interface TemplateFacts {
  readonly caseNumber: string;
  readonly applicants: readonly string[];
  readonly debtors: readonly string[];
  readonly amount?: Minor;
  readonly currency: string;
}

interface Template {
  readonly title: string;
  /** A notice goes to a bank; a ruling to nobody in particular. */
  readonly toBank: boolean;
  paragraphs(facts: TemplateFacts): readonly string[];
}

const ASSIST = '请贵行依法协助执行，并在二十四小时内反馈办理结果。';

/** The court's standard texts, one per type of instrument (R4). */
const TEMPLATES: Readonly<Record<InstrumentType, Template>> = {
  'inquiry-notice': {
    title: '协助查询存款通知书',
    toBank: true,
    paragraphs: ({ caseNumber, debtors }) => [
      `本院办理${caseNumber}一案，需查询被执行人${names(debtors)}在贵行的存款及其他金融资产。`,
      '请查明其名下全部账户、余额、可用余额、在先措施及优先权；无账户的，亦请反馈“查无开户信息”。',
      ASSIST,
    ],
  },
  'freeze-ruling': {
    title: '执行裁定书',
    toBank: false,
    paragraphs: (facts) => [
      opening(facts),
      '依照《中华人民共和国民事诉讼法》关于冻结、划拨被执行人财产的规定，裁定如下：',
      `冻结被执行人${names(facts.debtors)}的银行存款及其他金融资产${sum(facts, '，以')}${facts.amount === undefined ? '' : '为限'}。`,
      '本裁定立即执行。',
    ],
  },
  'freeze-notice': {
    title: '协助冻结存款通知书',
    toBank: true,
    paragraphs: (facts) => [
      `本院办理${facts.caseNumber}一案，已裁定冻结被执行人${names(facts.debtors)}的财产。请按所列账户、限额和期限予以冻结；余额不足的，冻结后续存入部分至限额。`,
      ASSIST,
    ],
  },
  'release-ruling': {
    title: '执行裁定书',
    toBank: false,
    paragraphs: (facts) => [
      opening(facts),
      '依照《中华人民共和国民事诉讼法》及有关司法解释，裁定如下：',
      `解除对被执行人${names(facts.debtors)}银行存款及其他金融资产的冻结${sum(facts, '，数额')}。`,
      '本裁定立即执行。',
    ],
  },
  'release-notice': {
    title: '协助解除冻结存款通知书',
    toBank: true,
    paragraphs: (facts) => [
      `本院办理${facts.caseNumber}一案，已裁定解除对被执行人${names(facts.debtors)}有关财产的冻结。请按所列账户及保留限额办理。`,
      ASSIST,
    ],
  },
  'deduct-ruling': {
    title: '执行裁定书',
    toBank: false,
    paragraphs: (facts) => [
      opening(facts),
      '依照《中华人民共和国民事诉讼法》关于冻结、划拨被执行人财产的规定，裁定如下：',
      `扣划被执行人${names(facts.debtors)}已被冻结的银行存款${sum(facts, '')}至本院执行款专户。`,
      '本裁定立即执行。',
    ],
  },
  'deduct-notice': {
    title: '协助扣划存款通知书',
    toBank: true,
    paragraphs: (facts) => [
      `本院办理${facts.caseNumber}一案，已裁定扣划被执行人${names(facts.debtors)}被冻结的存款。请按所列账户和数额扣划至本院执行款专户。`,
      ASSIST,
    ],
  },
  'preservation-application': {
    title: '财产保全申请书',
    toBank: false,
    paragraphs: (facts) => [
      `申请人${names(facts.applicants)}因${facts.caseNumber}一案，申请对被申请人${names(facts.debtors)}的财产采取保全措施${sum(facts, '，数额')}。`,
    ],
  },
};

export function titleOf(type: InstrumentType): string {
  return TEMPLATES[type].title;
}

export function goesToBank(type: InstrumentType): boolean {
  return TEMPLATES[type].toBank;
}

export function paragraphsOf(type: InstrumentType, facts: TemplateFacts): readonly string[] {
  return TEMPLATES[type].paragraphs(facts);
}

/** 2026年3月10日 */
export function chineseDate(date: LegalDate): string {
  const [year = '', month = '', day = ''] = date.split('-');
  return `${year}年${Number(month)}月${Number(day)}日`;
}

function opening({ applicants, debtors, caseNumber }: TemplateFacts): string {
  return `申请执行人${names(applicants)}与被执行人${names(debtors)}执行一案（${caseNumber}），被执行人未履行生效法律文书确定的义务。`;
}

function names(list: readonly string[]): string {
  return list.length === 0 ? '（略）' : list.join('、');
}

function sum({ amount, currency }: TemplateFacts, lead: string): string {
  if (amount === undefined) return '';
  const unit = currency === 'CNY' ? '人民币' : `${currency} `;
  return `${lead}${unit}${formatAmount(amount, currency)}${currency === 'CNY' ? '元' : ''}`;
}
