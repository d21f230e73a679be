import type { InstrumentType } from '#orders';

/** One row of the table in a notice: an account, and what is asked of it. All texts are ready to print. */
export interface NoticeLine {
  readonly account: string;
  readonly detail: string;
}

/**
 * What a page says. It crosses into a worker thread, so it is plain data, and it holds personal data in clear, so it is never logged.
 * Texts are Chinese and ready to print.
 */
export interface DocumentContent {
  readonly type: InstrumentType;
  readonly courtName: string;
  readonly caseNumber: string;
  /** The document's own number. */
  readonly number: string;
  readonly title: string;
  /** To whom a notice goes: the bank's name. */
  readonly addressee?: string;
  readonly debtors: readonly { readonly name: string; readonly idNumber: string }[];
  readonly paragraphs: readonly string[];
  readonly lines: readonly NoticeLine[];
  readonly decidedBy?: string;
  /** Chinese date of the document, for example 2026年3月10日. */
  readonly date: string;
  /** `draft` prints 草稿 across the page; `sealed` prints the court's seal. */
  readonly mark: 'draft' | 'sealed';
}

/** Makes PDF bytes. Implementations are bounded: a full queue refuses with `unavailable`. */
export interface Renderer {
  /** @throws AppError `unavailable` when too many documents wait */
  render(content: DocumentContent): Promise<Buffer>;
  close(): Promise<void>;
}

/** Nest token of the renderer in use. */
export const RENDERER = Symbol('renderer');
