import type { BankNotified, BankStated, OrderAnswered } from '#contracts';

/** What an answer says, translated and not judged. `unreadable` is no answer: the order stays undetermined (I6). */
export type AnswerReading =
  | {
      readonly kind: 'answer';
      readonly orderNumber: string;
      readonly answeredAt: string;
      readonly receivedAt?: string;
      readonly content: AnswerContent;
      /** Sealed documents that came with it; nobody has looked into the files yet. */
      readonly receipts?: readonly HeardReceipt[];
    }
  | {
      readonly kind: 'unreadable';
      readonly reason: string;
      /** The answer could be read, but its receipt is another order's, or says something else than the answer. */
      readonly isMismatch?: true;
    };

/** A receipt 回执 as a bank sent it. */
export interface HeardReceipt {
  readonly name: string;
  readonly content: Buffer;
}

/** Exactly one of the three, as in the contract. */
export type AnswerContent =
  | { readonly inquiry: NonNullable<OrderAnswered['inquiry']> }
  | { readonly control: NonNullable<OrderAnswered['control']> }
  | { readonly rollback: NonNullable<OrderAnswered['rollback']> };

/** A notice without what only the connector knows: where its bytes lie and which leaf tells of it. */
export type NoticeContent = Omit<BankNotified, 'bank' | 'original' | 'factLeafHash'>;

export type NoticeReading =
  { readonly kind: 'notice'; readonly notice: NoticeContent } | { readonly kind: 'unreadable'; readonly reason: string };

/** What a page, or a file, of a bank's statement says of a day, without what only the connector knows. */
export type DayPage = Pick<BankStated, 'from' | 'to' | 'statementNo' | 'statedAt' | 'totals' | 'references' | 'items'> & {
  /** From 1. */
  readonly page: number;
  readonly pages: number;
};

export type DayReading = { readonly kind: 'day'; readonly page: DayPage } | { readonly kind: 'unreadable'; readonly reason: string };
