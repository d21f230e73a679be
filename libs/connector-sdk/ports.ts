import type { OrderDispatched } from '#contracts';
import type { LegalDate } from '#kernel';
import type { DayOutcome, HeardBytes, SendOutcome, StatusOutcome } from './outcomes.js';
import type { AnswerContent, AnswerReading, NoticeReading } from './readings.js';

/** The clear bytes of an order's documents by their digest; empty where the dialect's manifest says they are not inside. */
export type DocumentContents = ReadonlyMap<string, Buffer>;

/** An order as it stands in the journal: these bytes and no others go to the bank, however often. */
export interface WireOrder {
  readonly orderNumber: string;
  readonly legalPerson: string;
  readonly bytes: Buffer;
  /** What `WireSignatures.keepWith` gave for exactly these bytes; empty where each call is signed anew. */
  readonly signature: string;
}

/** Translation of bodies. Pure: no state, no clock, no network. */
export interface OrderTranslation {
  /** The exact bytes for the bank, strictly written. @throws AppError `unsupported-by-dialect` when the order cannot be said in it */
  writeOrder(order: OrderDispatched, contents: DocumentContents): Buffer;
  /** Tolerant reading: unknown members are passed by, unknown status words become `undetermined`. Answers for every input. */
  readAnswer(bytes: Buffer, order: OrderDispatched): AnswerReading;
}

/** A bank that is called. */
export interface PushConnector extends OrderTranslation {
  /** Hands an order over. MUST answer `unknown` whenever the bytes may have left and the bank's word did not come. Never throws for the network. */
  send(order: WireOrder, signal: AbortSignal): Promise<SendOutcome>;
  /**
   * Asks what became of an order. MUST answer `not-found` only on the bank's own word. Never throws for the network. A dialect without a question
   * for it may bring the order once more, where a repetition moves nothing and the bank knows it by its reference (I5).
   */
  query(orderNumber: string, signal: AbortSignal, order: WireOrder): Promise<StatusOutcome>;
  readNotice(bytes: Buffer): NoticeReading;
  /** Takes what the bank brought out of its envelope, before anything is judged; left out where there are none. Answers for every input. */
  open?(heard: HeardBytes): Promise<HeardBytes>;
}

/** Which page is wanted of a bank's statement of some legal days, both inclusive. */
export interface DayAsked {
  readonly from: LegalDate;
  readonly to: LegalDate;
  /** From 1. */
  readonly page: number;
}

/** A bank that can be asked for its side of a day; the manifest's `dayStatement` says whether a dialect has it. */
export interface DayStatements {
  /** MUST judge the signature over the exact bytes before reading them. Never throws for the network. */
  askDay(asked: DayAsked, signal: AbortSignal): Promise<DayOutcome>;
}

export interface PulledDocument {
  readonly type: string;
  readonly number: string;
  readonly title: string;
  readonly sha256: string;
  readonly seal: string;
  readonly content: Buffer;
}

export interface UploadResult {
  /** Empty when the answer named no order that could be read. */
  readonly orderNumber: string;
  readonly result: 'ok' | 'error';
  readonly message?: string;
}

/** What a bank that polls may ask and bring. */
export const PULL_OPERATIONS = [
  'query-list',
  'control-list',
  'documents',
  'credentials',
  'receipts',
  'query-feedback',
  'transactions',
  'control-feedback',
  'rollback',
] as const;
export type PullOperation = (typeof PULL_OPERATIONS)[number];

/** A call of a bank that polls, read out of its envelope. Who calls has not been judged yet, and what it brings has not been read. */
export interface PullCall {
  readonly operation: PullOperation;
  readonly user: string;
  readonly password: string;
  /** documents, credentials: whose. */
  readonly orderNumber?: string;
  /** lists: orders at most. */
  readonly limit?: number;
  /** What the bank brings; empty where it only asks. */
  readonly content: Buffer;
  /** The bank's signatures by order number. */
  readonly signatures: ReadonlyMap<string, string>;
}

/** One answer of an upload: its exact bytes, and the order that it is about. */
export interface BroughtAnswer {
  readonly orderNumber: string;
  readonly heard: HeardBytes;
}

export type PullContent =
  | { readonly kind: 'receipts'; readonly receipts: readonly { readonly orderNumber: string; readonly receivedAt?: string }[] }
  | { readonly kind: 'answers'; readonly answers: readonly BroughtAnswer[] };

export type PullReply =
  | { readonly kind: 'orders'; readonly orders: readonly WireOrder[] }
  | { readonly kind: 'documents'; readonly order: OrderDispatched; readonly documents: readonly PulledDocument[] }
  | { readonly kind: 'credentials'; readonly order: OrderDispatched; readonly images: DocumentContents }
  | { readonly kind: 'results'; readonly results: readonly UploadResult[] };

/** Refuses a user or password. @throws AppError `unauthenticated` */
export type SignIn = (given: { readonly user: string; readonly password: string }) => void;

/** A bank that polls: its envelope, and the bodies of its calls. Readers throw AppError `invalid` for what is not of the dialect. */
export interface PullConnector extends OrderTranslation {
  /** Asks `assertSignedIn` before it parses what is larger than a poll; the caller asks again about what was read. */
  readCall(bytes: Buffer, assertSignedIn: SignIn): PullCall;
  /** Only for a call whose sign-in has been judged. */
  readContent(call: PullCall): PullContent;
  writeReply(operation: PullOperation, reply: PullReply): Buffer;
  /** The envelope of a refusal; `code` is the stable code of the problem. */
  writeFault(code: string, detail: string): Buffer;
  /** The interface's description for the address at which it is served. */
  describe(address: string): Buffer;
}

/** One file for the bank: its name and bytes are the same however often it is written. */
export interface DownFile {
  readonly legalPerson: string;
  readonly name: string;
  readonly bytes: Buffer;
  readonly signature: string;
}

/** One file of the bank as it lies there. */
export interface UpFile {
  readonly legalPerson: string;
  readonly name: string;
  readonly bytes: Buffer;
  readonly signature: string | undefined;
  /** Whether the bytes have the digest that came beside them. */
  readonly digest: 'matches' | 'differs' | 'absent';
}

/** The bytes of one order, or what a bank says of one order. */
export interface KeyedBytes {
  readonly orderNumber: string;
  readonly bytes: Buffer;
}

export interface NamedOrder {
  readonly orderNumber: string;
  readonly action: string;
}

/** What is in an up file. Answers are exact parts of the file's bytes; the file's signature vouches for all of them. */
export type UpFileReading =
  | { readonly kind: 'receipt'; readonly file: string; readonly receivedAt?: string }
  | { readonly kind: 'answers'; readonly answers: readonly KeyedBytes[] }
  | {
      readonly kind: 'unreadable';
      readonly reason: string;
      readonly orderNumber?: string;
      /** Which copy of the same answer it is, from 1. */
      readonly copy?: number;
      /** The down file whose orders it answers, where the name tells that and no single order. */
      readonly answersTo?: string;
    };

/** An up file for the translation. */
export interface HeardFile extends Pick<UpFile, 'legalPerson' | 'name' | 'bytes'> {
  /** Why its bytes are not to be trusted: then nothing of them is parsed. */
  readonly fault?: string;
}

/** Names and contents of the files of a dialect. Pure. */
export interface FileTranslation extends OrderTranslation {
  /** `batch`: 20 digits that name the file. */
  nameOf(legalPerson: string, orders: readonly NamedOrder[], batch: string): string;
  /** The same bytes for the same orders, in every process and after every upgrade. */
  writeFile(orders: readonly KeyedBytes[]): Promise<Buffer>;
  /** Answers for every input. */
  readFile(file: HeardFile): Promise<UpFileReading>;
  /** The note that tells the bank that an up file could not be loaded; undefined where it could not be told. */
  writeFailure(file: string, reason: string): Promise<{ readonly name: string; readonly bytes: Buffer } | undefined>;
}

/** The folders that both sides see. All of it survives a crash, or a lost connection, at any moment. */
export interface FileExchange {
  /** Writes the signature, then the file by an atomic rename; writing the same file again is no error. */
  write(file: DownFile): Promise<void>;
  /** Whether the bank has not taken it yet. */
  isWaiting(legalPerson: string, name: string): Promise<boolean>;
  /** Removes a down file of ours wherever it lies, once the bank has confirmed it: clear personal data must not stay in the folders. */
  forget(legalPerson: string, name: string): Promise<void>;
  /** Complete files of the bank, oldest names of each legal person first, at most `max`. */
  waiting(max: number): Promise<readonly UpFile[]>;
  /** Takes a file of the bank away after what it said is durable; `failed` leaves an empty file of its name for the operators. */
  finish(file: Pick<UpFile, 'legalPerson' | 'name'>, how: 'taken' | 'failed'): Promise<void>;
  close(): Promise<void>;
}

/** A bank whose clerks type. Readers are complete and strict: they throw AppError `invalid` with a pointer to each wrong member. */
export interface DeskConnector {
  /** `openSeqs`: the lines that still wait for an answer; exactly these must be answered. */
  readAnswer(typed: unknown, order: OrderDispatched, openSeqs: ReadonlySet<number>): TypedAnswer;
  readRollback(typed: unknown): TypedAnswer;
  /** The exact bytes that are kept as the bank's word, once a second clerk has approved. */
  writeWord(word: DeskWord): Buffer;
}

export type TypedAnswer = AnswerContent;

export interface DeskWord {
  readonly orderNumber: string;
  readonly receivedAt: string;
  readonly answeredAt: string;
  readonly answeredBy: string;
  readonly reviewedBy: string;
  readonly content: TypedAnswer;
}
