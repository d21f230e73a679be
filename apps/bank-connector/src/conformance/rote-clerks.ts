import type { Principal, Role } from '#access';
import { orderForCore, type DeskCall, type DeskReply, type DeskSide, type DeskWork } from '#connector-sdk';
import type { OrderDispatched } from '#contracts';
import { errorText, newId, Recurring } from '#kernel';
import type { Court } from './court.js';
import { SAMPLE_PDF } from './orders.js';
import type { Simulator } from './simulator.js';

const LOOK_EVERY_MS = 30;
const SHOWN_MS_MAX = 15_000;
const DESK = '/api/v1/desk';
/** The core's words for what became of a line, as the screen has them. */
const STATUS_WORDS: Readonly<Record<string, string>> = {
  done: 'executed',
  partial: 'partly-executed',
  refused: 'refused',
  processing: 'in-progress',
};
/** What the core says and no clerk types. */
const NOT_TYPED = ['measures', 'transactions'];

type Row = Readonly<Record<string, unknown>>;

/** A clerk and a reviewer of a manual desk who type what the core says, over the desk's own HTTP interface. */
export class RoteClerks implements DeskSide {
  private readonly turns: Recurring;
  private readonly keptAway = new Set<string>();
  private readonly known = new Map<string, OrderDispatched>();
  private readonly tokens = new Map<DeskCall['who'], Promise<string>>();

  constructor(
    private readonly court: Court,
    private readonly core: Simulator,
    private readonly complain: (line: string) => void,
  ) {
    const failed = (error: unknown): void => this.complain(`the rote clerks: ${errorText(error)}`);
    this.turns = new Recurring(court.foundation.clock, LOOK_EVERY_MS, () => this.turn(), failed);
  }

  start(): void {
    this.turns.start();
  }

  stop(): Promise<void> {
    return this.turns.stop();
  }

  /** The clerks know an order's papers by it. */
  expect(order: OrderDispatched): void {
    this.known.set(order.orderNumber, order);
  }

  async call({ who, method, path, body, key }: DeskCall): Promise<DeskReply> {
    const { clock, entropy } = this.court.foundation;
    const headers = {
      ...(who === 'nobody' ? {} : { authorization: `Bearer ${await this.token(who)}` }),
      ...(method === 'POST' ? { 'idempotency-key': key ?? newId(clock, entropy), 'content-type': 'application/json' } : {}),
    };
    const response = await fetch(`${this.court.origin}${DESK}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as Row };
  }

  async keepAway({ orderNumber }: OrderDispatched): Promise<void> {
    this.keptAway.add(orderNumber);
    const { clock } = this.court.foundation;
    const end = clock.monotonicMs() + SHOWN_MS_MAX;
    while (clock.monotonicMs() < end) {
      if ((await this.call({ who: 'clerk', method: 'GET', path: `/orders/${orderNumber}` })).status === 200) return;
      await clock.realSleep(LOOK_EVERY_MS);
    }
  }

  letGo({ orderNumber }: OrderDispatched): void {
    this.keptAway.delete(orderNumber);
    this.turns.wake();
  }

  async worked(order: OrderDispatched): Promise<DeskWork> {
    const contents = new Map(order.documents.map(({ digest }) => [digest, SAMPLE_PDF]));
    const { inquiry, control, rollback } = await this.core.work(orderForCore(order, contents));
    if (rollback !== undefined) return { path: 'rollback', body: rollback as Row };
    if (control !== undefined) {
      const { lines } = control as { lines: readonly Row[] };
      return { path: 'answer', body: { lines: lines.map(typedLine) } };
    }
    const { result, holdings } = inquiry as { result: string; holdings: readonly Row[] };
    return { path: 'answer', body: { result, lines: holdings.map(typedHolding) } };
  }

  private async turn(): Promise<void> {
    for (const orderNumber of await this.listed('received')) await this.type(orderNumber);
    for (const orderNumber of await this.listed('in-review')) {
      await this.must({ who: 'reviewer', method: 'POST', path: `/orders/${orderNumber}/review`, body: { decision: 'approve' } });
    }
  }

  private async type(orderNumber: string): Promise<void> {
    const order = this.known.get(orderNumber);
    if (!order) return;
    const { path, body } = await this.worked(order);
    await this.must({ who: 'clerk', method: 'POST', path: `/orders/${orderNumber}/${path}`, body });
  }

  private async listed(status: string): Promise<readonly string[]> {
    const { body } = await this.call({ who: 'clerk', method: 'GET', path: `/orders?status=${status}&limit=500` });
    const items = (body['items'] ?? []) as readonly { orderNumber: string }[];
    return items.map(({ orderNumber }) => orderNumber).filter((number) => !this.keptAway.has(number));
  }

  /** What the screen does not take is told once and left lying; the case sees that no answer comes. */
  private async must(call: DeskCall): Promise<void> {
    const { status, body } = await this.call(call);
    if (status < 400) return;
    this.keptAway.add(call.path.split('/')[2] ?? '');
    this.complain(`the desk answered ${status} to ${call.path}: ${JSON.stringify(body).slice(0, 300)}`);
  }

  private token(who: DeskCall['who']): Promise<string> {
    const known = this.tokens.get(who) ?? this.issue(who);
    this.tokens.set(who, known);
    return known;
  }

  private async issue(who: DeskCall['who']): Promise<string> {
    const { bank } = this.court.host.context;
    const roles: readonly Role[] = who === 'reviewer' ? ['reviewer'] : ['clerk'];
    const username = `${who}.${bank}`;
    const principal: Principal = {
      userId: `user-${username}`,
      username,
      name: username,
      roles,
      bank: who === 'stranger' ? 'otherbank' : bank,
    };
    return (await this.court.foundation.tokens.issuer.issue(principal)).accessToken;
  }
}

function typedHolding(holding: Row): Row {
  const typed = Object.fromEntries(Object.entries(holding).filter(([name]) => !NOT_TYPED.includes(name)));
  return withDocuments(typed);
}

/** A freeze that has ended has no rank any more. */
function typedLine({ rank, status, ...line }: Row): Row {
  const ranked = rank === 0 || rank === undefined ? line : { ...line, rank };
  return withDocuments({ ...ranked, status: STATUS_WORDS[String(status)] });
}

/** The screen wants a word where the core knows no document of a measure. */
function withDocuments(row: Row): Row {
  const measures = row['priorMeasures'] as readonly Row[] | undefined;
  if (!measures) return row;
  return { ...row, priorMeasures: measures.map((one) => ({ ...one, document: one['document'] === '' ? '（无文号）' : one['document'] })) };
}
