import { applyDecorators, Body, Inject, Param, Post, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ApiBody, ApiConsumes, ApiHeader, ApiOperation, ApiParam, ApiResponse } from '@nestjs/swagger';
import type { FastifyInstance } from 'fastify';
import { EnterBy, OnceCall, type WriteExchange } from '#http';
import type { Tx } from '#persistence';
import { AppError } from '#kernel';
import { BankHosts } from '../../bank-hosts.js';
import { RECEIPT_BYTES_MAX } from '#connector-sdk';
import { AddReceipt } from '../../use-cases/add-receipt/add-receipt.js';
import { AnswerAtDesk } from '../../use-cases/answer-at-desk/answer-at-desk.js';
import { Desks, type DeskOrder } from '../../use-cases/read-desk/desks.js';
import { ReviewAtDesk } from '../../use-cases/review-at-desk/review-at-desk.js';
import { ReviewBody } from './desk-bodies.js';
import { ANSWER_EXAMPLES, IN_REVIEW_EXAMPLE, NUMBER_PARAM, RECEIPT_EXAMPLE, REVIEWED_EXAMPLE, ROLLBACK_EXAMPLE } from './desk-examples.js';
import { DeskWrites, type PreparedDeskWrite } from './desk-writes.js';
import { DeskController } from './principal.js';
import { readReceipt } from './uploaded-receipt.js';

const JSON_BODY = { type: 'object' } as const;

/** The documents of every write at the desk. */
const DeskWrite = (status: number, summary: string, example: object) =>
  applyDecorators(
    ApiOperation({ summary }),
    ApiParam(NUMBER_PARAM),
    ApiHeader({ name: 'Idempotency-Key', required: true, description: '1至200个可见ASCII字符' }),
    ApiResponse({ status, description: '已受理', schema: { example } }),
    ApiResponse({ status: 400, description: '`invalid`、`idempotency-key-required`' }),
    ApiResponse({ status: 404, description: '`not-found`' }),
    ApiResponse({ status: 409, description: '`wrong-state`、`idempotency-mismatch`' }),
  );

/** What clerks type, and what the second clerk decides. */
@DeskController()
export class DeskWritesController implements OnModuleInit {
  private readonly answering: AnswerAtDesk;
  private readonly reviewing: ReviewAtDesk;
  private readonly receiving: AddReceipt;
  private readonly desks: Desks;

  constructor(
    @Inject(BankHosts) hosts: BankHosts,
    @Inject(DeskWrites) private readonly writes: DeskWrites,
    @Inject(HttpAdapterHost) private readonly adapter: HttpAdapterHost,
  ) {
    this.desks = new Desks(hosts);
    this.answering = new AnswerAtDesk(this.desks);
    this.reviewing = new ReviewAtDesk(this.desks);
    this.receiving = new AddReceipt(this.desks);
  }

  /** The server reads JSON alone; a receipt may also come as the file itself. */
  onModuleInit(): void {
    const server = this.adapter.httpAdapter.getInstance<FastifyInstance>();
    if (server.hasContentTypeParser('application/pdf')) return;
    server.addContentTypeParser('application/pdf', { parseAs: 'buffer', bodyLimit: RECEIPT_BYTES_MAX }, (_request, body, done) =>
      done(null, body),
    );
  }

  @Post('orders/:orderNumber/answer')
  @EnterBy('desk.answer')
  @DeskWrite(200, '经办柜员录入反馈，待另一柜员复核', IN_REVIEW_EXAMPLE)
  @ApiBody({ schema: JSON_BODY, examples: ANSWER_EXAMPLES })
  answer(@OnceCall() call: WriteExchange, @Param('orderNumber') orderNumber: string, @Body() body: unknown): Promise<object> {
    return this.writes.run(call, async () => {
      const work = await this.answering.prepareAnswer(call.principal, orderNumber, body);
      return prepared(work.found, 200, (tx) => this.answering.store(tx, call.principal, work));
    });
  }

  @Post('orders/:orderNumber/rollback')
  @EnterBy('desk.rollback')
  @DeskWrite(200, '经办柜员回退请求单，待另一柜员复核', IN_REVIEW_EXAMPLE)
  @ApiBody({ schema: { ...JSON_BODY, example: ROLLBACK_EXAMPLE } })
  rollback(@OnceCall() call: WriteExchange, @Param('orderNumber') orderNumber: string, @Body() body: unknown): Promise<object> {
    return this.writes.run(call, async () => {
      const work = await this.answering.prepareRollback(call.principal, orderNumber, body);
      return prepared(work.found, 200, (tx) => this.answering.store(tx, call.principal, work));
    });
  }

  @Post('orders/:orderNumber/receipts')
  @EnterBy('desk.receipt.add')
  @DeskWrite(201, '上传盖章回执（PDF），随反馈送出', RECEIPT_EXAMPLE)
  @ApiConsumes('application/json', 'application/pdf')
  @ApiBody({ schema: { ...JSON_BODY, example: { name: '回执.pdf', content: '<Base64>', sha256: '<可省略>' } } })
  @ApiResponse({ status: 413, description: '`too-large`' })
  @ApiResponse({ status: 415, description: '`unsupported-media-type`：不是 PDF；含可执行内容的 PDF 为 400 `invalid`' })
  receipt(@OnceCall() call: WriteExchange, @Param('orderNumber') orderNumber: string, @Body() body: unknown): Promise<object> {
    return this.writes.run(call, async () => {
      const work = await this.receiving.prepare(call.principal, orderNumber, readReceipt(body));
      return prepared(work.found, 201, (tx) => this.receiving.store(tx, call.principal, work));
    });
  }

  @Post('orders/:orderNumber/review')
  @EnterBy('desk.review')
  @DeskWrite(200, '复核柜员复核：通过即送达法院，退回则由经办重录', REVIEWED_EXAMPLE)
  review(@OnceCall() call: WriteExchange, @Param('orderNumber') orderNumber: string, @Body() body: ReviewBody): Promise<object> {
    return this.writes.run(call, async () => {
      const work = await this.reviewing.prepare(call.principal, orderNumber, body);
      return prepared(work.found, 200, (tx) => this.reviewing.store(tx, call.principal, work));
    });
  }

  @Post('orders/:orderNumber/objections')
  @EnterBy('desk.objection')
  @ApiOperation({ summary: '银行书面异议（尚未提供）' })
  @ApiParam(NUMBER_PARAM)
  @ApiResponse({ status: 501, description: '`not-implemented`' })
  async objection(@OnceCall() call: WriteExchange, @Param('orderNumber') orderNumber: string): Promise<never> {
    await this.desks.order(call.principal, 'desk.objection', orderNumber);
    throw new AppError('not-implemented', '银行异议功能尚未提供');
  }
}

function prepared({ known }: DeskOrder, status: number, work: (tx: Tx) => Promise<object>): PreparedDeskWrite {
  return { caseId: known.row.case_id, key: known.key, status, work };
}
