import type { BankNotified, BankStated, OrderAnswered, OrderDispatched, OrderProgressed } from '#contracts';
import type { LegalDate, MoneyJson } from '#kernel';
import type { BankAbilities, BankProfile } from '../bank-profile.js';
import type { Delivery, Manifest } from '../manifest.js';

/** One account that a bank must hold before a case begins. Amounts are decimal texts of its currency. */
export interface GivenAccount {
  readonly kind?: 'current' | 'savings' | 'term' | 'wages' | 'wealth-product' | 'margin' | 'closed';
  readonly currency?: string;
  readonly balance: string;
  readonly held?: readonly { readonly authority: string; readonly document: string; readonly amount: string; readonly until?: LegalDate }[];
  readonly priorityRights?: readonly { readonly type: string; readonly holder: string; readonly amount?: MoneyJson }[];
  readonly restriction?: { readonly code: string; readonly basis?: string };
  readonly productNumber?: string;
  readonly shares?: string;
  readonly unitPrice?: string;
  /** Place in the profile's list of legal persons; 0 when left out. */
  readonly legalPerson?: number;
}

/** What a bank must hold for one case: the debtor's accounts, and those of a second person. Numbers are given by the case's place. */
export interface Given {
  readonly name?: string;
  readonly kind?: 'person' | 'organisation';
  readonly idType?: string;
  readonly accounts: readonly GivenAccount[];
  readonly others?: readonly GivenAccount[];
}

/** How the simulated bank behaves towards this case's debtor, and at its front end; the names are the simulator's own. */
export interface BankBehaviour {
  readonly misdeed?: string;
  readonly rejectWith?: string;
  readonly partial?: true;
  /** A register's own way to say its answers. */
  readonly register?: string;
  /** Faults of the whole front end, so only for cases that run alone. */
  readonly front?: Readonly<Record<string, unknown>>;
}

/**
 * What a case needs beyond a bank that speaks the dialect: one that can be told to fail, tells unasked, is a union, is called over TLS, whose calls come in where
 * the kit can make them too, that can be asked for its side of a day, is a register asked by signed messages, or whose profile has the drill's own code.
 */
export type Need = 'own-codes' | 'simulator' | 'notices' | 'legal-persons' | 'tls' | 'door' | 'day-statement' | 'register';

/** One promise of a dialect, tried against a bank. Cases share nothing: each has its own debtor and accounts. */
export interface ConformanceCase {
  readonly name: string;
  /** R number of docs/rules.md, invariant, or clause of docs/dialects. */
  readonly rule: string;
  /** What holds, in one sentence. */
  readonly says: string;
  readonly given: Given;
  /** Further id numbers that its orders name, so that a misdeed strikes them too. */
  readonly idNumbers?: readonly string[];
  /** Left out: every delivery. */
  readonly deliveries?: readonly Delivery[];
  /** What the bank must have agreed to do for it, beside inquiries and freezes. */
  readonly abilities?: readonly (keyof BankAbilities)[];
  readonly needs?: readonly Need[];
  /** It touches what other cases use too: the bank's front end, the court's key, the time. */
  readonly alone?: true;
  /** How the simulated bank behaves while it is right; left out: as any bank. */
  readonly bank?: BankBehaviour;
  /** How it behaves when the case is broken; exactly this case must then fail. */
  readonly broken: BankBehaviour;
  /** @throws NotConformant */
  run(stage: Stage): Promise<void>;
}

/** What was heard of an order until it was over, or until nobody waited any longer. */
export interface Told {
  readonly order: OrderDispatched;
  readonly answers: readonly OrderAnswered[];
  readonly events: readonly OrderProgressed[];
}

/** The court's side: the real connector with its journal. */
export interface CourtSide {
  /** Dispatches an order and waits until it is answered, in doubt or withdrawn. */
  ask(order: OrderDispatched): Promise<Told>;
  /** The journal has lost the order and is given it once more: the same number goes to the bank again, with these members. */
  again(order: OrderDispatched): Promise<Told>;
  /** Hands an order over without waiting for its end: waits until it has left, does `meanwhile`, and lets the order be forgotten. */
  hostile(order: OrderDispatched, how: Hostility, meanwhile: () => Promise<void>): Promise<Told>;
  /** What has been heard by now of an order that was asked before; waits until `isEnough`. */
  further(order: OrderDispatched, isEnough: (told: Told) => boolean): Promise<Told>;
  /** The bank's unasked words about a freeze or deduct; waits until `isEnough`. */
  notices(orderNumber: string, isEnough: (notices: readonly BankNotified[]) => boolean): Promise<readonly BankNotified[]>;
}

/** `forged`: signed with a key that is not the court's. `unchanged`: a good order in bad times. Otherwise the exact bytes are spoilt and signed rightly. */
export type Hostility = 'forged' | 'unchanged' | ((bytes: Buffer) => Buffer);

/** What somebody shows who knocks at a bank's TLS port: the court's certificate, one of its authority out of time, a stranger's, none. */
export type Visitor = 'court' | 'expired' | 'not-yet-valid' | 'stranger' | 'nobody';

/** How a request is shown to a register, past our journal. */
export interface Presentation {
  /** Who has signed it; left out, the court. `expired` and `early`: under a certificate of the court that is out of time. */
  readonly by?: 'stranger' | 'expired' | 'early' | 'nobody';
  /** Changes it before, or after, it is signed. */
  readonly before?: (text: string) => string;
  readonly after?: (text: string) => string;
}

export interface Effect {
  readonly orderNumber: string;
  readonly line: number;
  readonly action: string;
  readonly account?: string;
  readonly amount?: MoneyJson;
}

/** The bank beyond its answers. Of a foreign bank only the answers are known. */
export interface BankSide {
  /** What the core executed on an account, oldest first; undefined where the bank cannot be looked into. */
  effects(account: string): Promise<readonly Effect[] | undefined>;
  /** Switches faults of the front end on; an empty object clears them. */
  faults(faults: Readonly<Record<string, unknown>>): Promise<void>;
  /** Money comes in from outside. */
  credit(account: string, amount: string): Promise<void>;
  /** Bytes from nowhere at the court's door for this bank; says what became of them: an HTTP status, or `left` for a file. */
  offer(bytes: Buffer): Promise<string>;
  /** The court takes the bank's signing key for expired, or for good again. */
  keyExpired(isExpired: boolean): void;
  /** Whether the bank's TLS port lets somebody in: whether it answers him anything at all. */
  knock(visitor: Visitor): Promise<boolean>;
  /** Shows a register the request for an order. @returns what came back, empty when nothing did */
  present(order: OrderDispatched, how: Presentation): Promise<string>;
}

/** What a bank says of one legal day, all pages put together. */
export type StatedDay = Pick<BankStated, 'totals' | 'references' | 'items'>;

/** A bank that can be asked for its side of a day, also of one that is not over. A text instead of a statement says why there is none. */
export interface DaySide {
  ask(day: LegalDate): Promise<StatedDay | string>;
  /** The same, signed with a key that is not the court's. */
  askForged(day: LegalDate): Promise<StatedDay | string>;
}

/** One call of a clerk at the manual desk. */
export interface DeskCall {
  readonly who: 'clerk' | 'reviewer' | 'stranger' | 'nobody';
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: unknown;
  /** The same key is the same call again. */
  readonly key?: string;
}

export interface DeskReply {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The manual desk's HTTP interface, with a clerk and a reviewer who work by rote unless a case keeps them away. */
export interface DeskSide {
  call(call: DeskCall): Promise<DeskReply>;
  /** The rote clerks leave this order alone; answers when it is on the screen. */
  keepAway(order: OrderDispatched): Promise<void>;
  /** What the core says to an order, in the form of the screen. */
  worked(order: OrderDispatched): Promise<DeskWork>;
  /** The rote clerks take the order up again. */
  letGo(order: OrderDispatched): void;
}

/** `path` is `answer` or `rollback`. */
export interface DeskWork {
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Everything that a case may touch. */
export interface Stage {
  readonly profile: BankProfile;
  readonly manifest: Manifest;
  readonly debtor: OrderDispatched['debtor'];
  /** Numbers of the given accounts, the debtor's first. */
  readonly accounts: readonly string[];
  readonly court: CourtSide;
  readonly bank: BankSide;
  /** Only where the delivery is `desk`. */
  readonly desk: DeskSide | undefined;
  /** Only where a bank can be asked for its side of a day. */
  readonly days: DaySide | undefined;
  today(): LegalDate;
  /** A new order on the case's debtor, with a number that was never used, credentials, and the documents of its action. */
  order(action: OrderDispatched['action'], over?: Partial<OrderDispatched>): OrderDispatched;
  /** Business time passes at both sides. */
  passTime(ms: number): Promise<void>;
}
