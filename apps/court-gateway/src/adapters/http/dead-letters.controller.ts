import { Body, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { instantText } from '#kernel';
import type { DeadLetter } from '#messaging';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';
import { ProposeRedrive, type LetterName } from '../../use-cases/redrive-letter/propose-redrive.js';
import { RedriveApproved } from '../../use-cases/redrive-letter/redrive-approved.js';
import { redrivesOf, type RedriveRow } from '../store/redrive-rows.js';
import { ReasonBody } from './case-bodies.js';
import { Reads, WritesOnce } from './documented.js';
import { OneOf, Text } from './fields.js';
import { ApiController, Enter } from './principal.js';
import { Write, Writes, type WriteCall } from './writes.js';

const STATES = ['open', 'all'] as const;
const DECISIONS = ['approve', 'reject'] as const;

export class DeadLetterQuery {
  @OneOf(STATES, { optional: true, description: '默认 open：等待处理的，旧的在前；all：全部，新的在前。至多一百条' })
  state?: (typeof STATES)[number];
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
  attempts: 5,
  error: '没有该请求单',
  diedAt: '2026-03-10T03:40:00.000Z',
  redrive: REDRIVE_EXAMPLE,
};

/** Messages that were given up after their last attempt. They are shown without their content, which may be sealed under a case's key. */
@ApiController('dead-letters', '死信')
export class DeadLettersController {
  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(Writes) private readonly writes: Writes,
    @Inject(ProposeRedrive) private readonly proposeRedrive: ProposeRedrive,
    @Inject(RedriveApproved) private readonly redriveApproved: RedriveApproved,
  ) {}

  @Get()
  @Enter('dead-letter.list')
  @Reads({ summary: '死信：多次处理失败而搁置的消息', example: { items: [LETTER_EXAMPLE], nextCursor: null } })
  async list(@Query() { state }: DeadLetterQuery) {
    const letters = await this.redriveApproved.letters.list(state ?? 'open');
    const redrives = await redrivesOf(
      this.parts.database.reader,
      letters.map(({ messageId }) => messageId),
    );
    const items = letters.map((letter) => letterView(letter, redrives.get(`${letter.reader}/${letter.messageId}`)));
    return { items, nextCursor: null };
  }

  @Post(':reader/:messageId/redrive')
  @HttpCode(202)
  @Enter('dead-letter.redrive')
  @WritesOnce({
    summary: '提议重新处理一条死信，待另一管理员复核',
    status: 202,
    example: REDRIVE_EXAMPLE,
    errors: ['not-found', 'wrong-state'],
  })
  propose(
    @Param('reader') reader: string,
    @Param('messageId') messageId: string,
    @Body() { reason }: ReasonBody,
    @Write() call: WriteCall,
  ) {
    return this.writes.run(call, () =>
      Promise.resolve({
        work: async (tx) => ({
          status: 202,
          location: '/api/v1/dead-letters',
          body: redriveView(await this.proposeRedrive.propose(tx, named(reader, messageId), reason, call.principal)),
        }),
      }),
    );
  }

  @Post(':reader/:messageId/redrive/approval')
  @HttpCode(202)
  @Enter('dead-letter.redrive.approve')
  @WritesOnce({
    summary: '复核重新处理死信的提议；批准后即行处理，结果（redriven、failed）见列表',
    status: 202,
    example: { ...REDRIVE_EXAMPLE, state: 'approved' },
    errors: ['not-found', 'own-approval', 'wrong-state', 'stale-version'],
  })
  async decide(
    @Param('reader') reader: string,
    @Param('messageId') messageId: string,
    @Body() body: RedriveDecisionBody,
    @Write() call: WriteCall,
  ) {
    const answer = await this.writes.run(call, () =>
      Promise.resolve({
        work: async (tx) => ({
          status: 202,
          body: redriveView(await this.proposeRedrive.decide(tx, named(reader, messageId), body, call.principal)),
        }),
      }),
    );
    this.redriveApproved.wake();
    return answer;
  }
}

/** Parts of a path are texts of any length; longer ones than a column holds name nothing. */
const NAME_CHARS_MAX = 100;

function named(reader: string, messageId: string): LetterName {
  return { reader: reader.slice(0, NAME_CHARS_MAX), messageId: messageId.slice(0, NAME_CHARS_MAX) };
}

function letterView({ key: _, diedAt, redrivenAt, ...letter }: DeadLetter, redrive: RedriveRow | undefined) {
  return {
    ...letter,
    diedAt: instantText(diedAt),
    ...(redrivenAt === undefined ? {} : { redrivenAt: instantText(redrivenAt) }),
    ...(redrive ? { redrive: redriveView(redrive) } : {}),
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
