import { applyDecorators, Get, HttpCode, Post } from '@nestjs/common';
import { assertMay, type Principal } from '#access';
import { AppError, instantText } from '#kernel';
import type { DeadLetter, DeadLetters, LetterName, RedriveRow, Redrives } from '#messaging';
import type { Reader, Tx } from '#persistence';
import { Reads, WritesOnce } from './documented.js';
import { Filter, OneOf, Text } from './fields.js';
import { cutPage, PageQuery, pageStart } from './pagination.js';

const STATES = ['open', 'all'] as const;
const DECISIONS = ['approve', 'reject'] as const;
/** Parts of a path are texts of any length; longer ones than a column holds name nothing. */
const NAME_CHARS_MAX = 100;

export class DeadLetterQuery extends PageQuery {
  @OneOf(STATES, { optional: true, description: '默认 open：等待处理的；all：全部' })
  state?: (typeof STATES)[number];

  @Filter(NAME_CHARS_MAX, '消息类型，例如 order.answered.v1')
  type?: string;
}

export class RedriveBody {
  @Text({ max: 500, example: '缺少的密钥已补齐，可重新处理' })
  reason!: string;
}

export class RedriveDecisionBody {
  @OneOf(DECISIONS)
  decision!: (typeof DECISIONS)[number];

  @Text({ max: 500, optional: true, lines: true })
  reason?: string;
}

const REDRIVE_EXAMPLE = {
  id: '01995a42-33cc-7d44-8f88-805f9f4f5e61',
  state: 'awaiting',
  reason: '该银行的档案已补录，可重新处理',
  askedBy: '01995a3d-0000-7000-8000-000000000001',
  askedAt: '2026-03-10T03:50:00.000Z',
};

const LETTER_EXAMPLE = {
  reader: 'gateway-answers',
  messageId: '01995a42-33cc-7d44-8f88-805f9f4f5e60',
  topic: 'answers.v1',
  type: 'order.answered.v1',
  at: '2026-03-10T03:39:58.000Z',
  bytes: 2_048,
  attempts: 5,
  error: '没有该请求单',
  diedAt: '2026-03-10T03:40:00.000Z',
  redrive: REDRIVE_EXAMPLE,
};

const { redrive, ...LETTER_ALONE } = LETTER_EXAMPLE;

/** `GET`: the list. */
export const ListsLetters = (): MethodDecorator =>
  applyDecorators(
    Get(),
    Reads({ summary: '死信：多次处理失败而搁置的消息，新的在前', example: { items: [LETTER_EXAMPLE], nextCursor: null } }),
  );

/** `GET <letter>`: one of them with every proposal. */
export const ShowsLetter = (letter: string): MethodDecorator =>
  applyDecorators(
    Get(letter),
    Reads({
      summary: '一条死信及其历次处理提议；不含消息正文',
      example: { ...LETTER_ALONE, redrives: [redrive] },
      errors: ['not-found'],
    }),
  );

/** `POST <letter>/redrive`: the proposal of one administrator. */
export const ProposesRedrive = (letter: string): MethodDecorator =>
  applyDecorators(
    Post(`${letter}/redrive`),
    HttpCode(202),
    WritesOnce({
      summary: '提议重新处理一条死信，待另一管理员复核',
      status: 202,
      example: REDRIVE_EXAMPLE,
      errors: ['not-found', 'wrong-state'],
    }),
  );

/** `POST <letter>/redrive/approval`: the word of another one. */
export const DecidesRedrive = (letter: string): MethodDecorator =>
  applyDecorators(
    Post(`${letter}/redrive/approval`),
    HttpCode(202),
    WritesOnce({
      summary: '复核重新处理死信的提议；批准后即行处理，结果（redriven、failed）见列表',
      status: 202,
      example: { ...REDRIVE_EXAMPLE, state: 'approved' },
      errors: ['not-found', 'own-approval', 'wrong-state', 'stale-version'],
    }),
  );

/** What lies behind the door: one database's letters, and the proposals for them. */
export interface LettersBehind {
  readonly reader: Reader;
  readonly letters: DeadLetters;
  readonly redrives: Redrives;
}

/**
 * The door to the dead letters of one database: seen without their content, which may be sealed under a case's key, and driven again by
 * two persons. Each app puts it on its own address, behind its own guard and idempotent writes.
 */
export class DeadLetterDoor {
  constructor(private readonly behind: LettersBehind) {}

  async list(query: DeadLetterQuery & { readonly reader?: string }) {
    const { letters, redrives, reader } = this.behind;
    const start = pageStart(query);
    const { state = 'open', type, reader: name } = query;
    const after = start.after && { diedAt: start.after.at, messageId: start.after.id };
    const found = await letters.list({ state, reader: name, type, limit: start.limit + 1, after });
    const { rows, nextCursor } = cutPage(found, start, ({ diedAt, messageId }) => ({ at: diedAt, id: messageId }));
    const newest = await redrives.newestOf(
      reader,
      rows.map(({ messageId }) => messageId),
    );
    const items = rows.map((letter) => {
      const proposal = newest.get(`${letter.reader}/${letter.messageId}`);
      return { ...letterView(letter), ...(proposal ? { redrive: redriveView(proposal) } : {}) };
    });
    return { items, nextCursor };
  }

  /** @throws AppError `not-found` */
  async show(name: LetterName) {
    const { letters, redrives, reader } = this.behind;
    const letter = await letters.find(cut(name));
    if (!letter) throw new AppError('not-found', '没有该死信');
    return { ...letterView(letter), redrives: (await redrives.of(reader, cut(name))).map(redriveView) };
  }

  async propose(tx: Tx, name: LetterName, { reason }: RedriveBody, by: Principal): Promise<object> {
    return redriveView(await this.behind.redrives.propose(tx, cut(name), reason, by.userId));
  }

  async decide(tx: Tx, name: LetterName, decision: RedriveDecisionBody, by: Principal): Promise<object> {
    const assertOther = (askedBy: string): void => assertMay(by, 'dead-letter.redrive.approve', { askedBy });
    return redriveView(await this.behind.redrives.decide(tx, cut(name), decision, by.userId, assertOther));
  }
}

function cut({ reader, messageId }: LetterName): LetterName {
  return { reader: reader.slice(0, NAME_CHARS_MAX), messageId: messageId.slice(0, NAME_CHARS_MAX) };
}

/** The key of a message may name a person's lane, and is left out. */
function letterView({ key: _, at, diedAt, redrivenAt, ...letter }: DeadLetter) {
  return {
    ...letter,
    at: instantText(at),
    diedAt: instantText(diedAt),
    ...(redrivenAt === undefined ? {} : { redrivenAt: instantText(redrivenAt) }),
  };
}

function redriveView({ id, state, reason, asked_by, asked_at, decided_by, decided_at, error }: RedriveRow) {
  return {
    id,
    state,
    reason,
    askedBy: asked_by,
    askedAt: instantText(asked_at),
    ...(decided_by === null ? {} : { decidedBy: decided_by }),
    ...(decided_at === null ? {} : { decidedAt: instantText(decided_at) }),
    ...(error === null ? {} : { error }),
  };
}
