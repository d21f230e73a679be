import { Body, Get, HttpCode, Inject, Param, Post, Res, StreamableFile } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Principal } from '#access';
import { Amount, OneOf, Reads, Text, Whole, WritesOnce } from '#http';
import { instantText, moneyJson } from '#kernel';
import type { Relay } from '#messaging';
import type { DataKey } from '#privacy';
import { GATEWAY_RELAY } from '../../gateway-parts.js';
import { ReadOrder } from '../../use-cases/read-order/read-order.js';
import { ResolveOrder } from '../../use-cases/resolve-order/resolve-order.js';
import { Vault } from '../../vault.js';
import { openResolution, RESOLUTION_OUTCOMES, type ResolutionOutcome, type ResolutionRow } from '../store/resolution-rows.js';
import { RECEIPT_EXAMPLE, RESOLUTION_EXAMPLE } from './money-examples.js';
import { ApiController, CurrentPrincipal, Enter } from './principal.js';
import { Write, Writes, type WriteCall } from './writes.js';

const SEQ_MAX = 500;
const TEXT_MAX = 1_000;
const FOREIGN_FILE = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; sandbox",
  'cross-origin-resource-policy': 'same-origin',
};

export class ResolutionBody {
  @Whole({ min: 1, max: SEQ_MAX, description: '请求单中的序号', example: 1 })
  seq!: number;

  @OneOf(RESOLUTION_OUTCOMES, { description: 'send-again：银行确认从未收到，原件以原单号重新发出' })
  outcome!: ResolutionOutcome;

  @Amount({ optional: true, description: '实际控制、解除后保留或划出的金额；不填为请求的全额，部分执行时必填' })
  amount?: string;

  @Text({ max: TEXT_MAX, lines: true, description: '依据' })
  evidence!: string;

  @Text({ max: TEXT_MAX, lines: true })
  reason!: string;
}

export class ResolutionApprovalBody {
  @OneOf(['approve', 'reject'])
  decision!: 'approve' | 'reject';

  @Whole({ min: 1, max: SEQ_MAX, optional: true, description: '不填时为该请求单全部待复核的结论' })
  seq?: number;

  @Text({ max: TEXT_MAX, optional: true, lines: true })
  reason?: string;
}

/** The documents of an order, and the way out of an undetermined one. */
@ApiController('orders/:orderNumber', '请求单')
export class OrdersController {
  constructor(
    @Inject(Writes) private readonly writes: Writes,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(ReadOrder) private readonly orders: ReadOrder,
    @Inject(ResolveOrder) private readonly resolve: ResolveOrder,
    @Inject(GATEWAY_RELAY) private readonly relay: Relay,
  ) {}

  @Get('receipts')
  @Enter('order.receipts.read')
  @Reads({ summary: '银行回执', example: { items: [RECEIPT_EXAMPLE] }, errors: ['not-found'] })
  receipts(@Param('orderNumber') orderNumber: string, @CurrentPrincipal() principal: Principal) {
    return this.orders.receipts(principal, orderNumber);
  }

  @Get('receipts/:id/content')
  @Enter('order.receipt.content.read')
  @Reads({ summary: '回执原文，留痕', binary: 'application/pdf', errors: ['not-found', 'content-erased'] })
  async receiptContent(
    @Param('orderNumber') orderNumber: string,
    @Param('id') id: string,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    const { bytes } = await this.orders.receiptContent(principal, orderNumber, id);
    // A bank's file never becomes a page of ours: nobody guesses at its type, nothing in it runs, and it is saved, not shown.
    void reply.headers(FOREIGN_FILE);
    this.relay.nudge();
    return new StreamableFile(bytes, { type: 'application/pdf', disposition: `attachment; filename="${id}.pdf"`, length: bytes.length });
  }

  @Get('original')
  @Enter('order.original.read')
  @Reads({
    summary: '请求与反馈的原始字节（审计员），留痕',
    example: {
      orderNumber: '202603104201060000000201',
      dispatched: 'eyJhY3Rpb24i…',
      answers: [
        {
          at: '2026-03-10T03:52:04.000Z',
          signature: 'valid',
          keyId: 'hubeibank-1',
          contentType: 'application/json',
          sha256: '9f86d081884c7d65…',
          bytes: 'eyJhbnN3ZXIi…',
          translated: 'eyJhbnN3ZXJlZEF0…',
        },
      ],
    },
    errors: ['not-found', 'content-erased'],
  })
  async original(@Param('orderNumber') orderNumber: string, @CurrentPrincipal() principal: Principal) {
    const found = await this.orders.original(principal, orderNumber);
    this.relay.nudge();
    return found;
  }

  @Post('resolution')
  @Enter('order.resolve')
  @WritesOnce({
    summary: '登记结果不能确定的一行的处理结论，待他人复核',
    status: 201,
    example: RESOLUTION_EXAMPLE,
    errors: ['not-found', 'wrong-state'],
  })
  propose(@Param('orderNumber') orderNumber: string, @Body() body: ResolutionBody, @Write() call: WriteCall) {
    const { principal } = call;
    return this.writes.run(call, async () => {
      const prepared = await this.resolve.prepare(principal, orderNumber);
      const { caseId, caseKey } = prepared;
      return {
        caseId,
        caseKey,
        work: async (tx) => {
          const row = await this.resolve.propose(tx, prepared, body, principal);
          return { status: 201, body: this.view(orderNumber, caseKey, [row]) };
        },
      };
    });
  }

  @Post('resolution/approval')
  @HttpCode(200)
  @Enter('order.resolution.approve')
  @WritesOnce({
    summary: '复核处理结论；批准后如同银行反馈一样生效',
    example: { ...RESOLUTION_EXAMPLE, items: RESOLUTION_EXAMPLE.items.map((item) => ({ ...item, status: 'approved' })) },
    errors: ['own-approval', 'not-found', 'wrong-state'],
  })
  decide(@Param('orderNumber') orderNumber: string, @Body() body: ResolutionApprovalBody, @Write() call: WriteCall) {
    const { principal } = call;
    return this.writes.run(call, async () => {
      const prepared = await this.resolve.prepareDecision(principal, orderNumber);
      const { caseId, caseKey } = prepared;
      return {
        caseId,
        caseKey,
        work: async (tx) => ({
          status: 200,
          body: this.view(orderNumber, caseKey, await this.resolve.decide(tx, prepared, body, principal)),
        }),
      };
    });
  }

  private view(orderNumber: string, caseKey: DataKey, rows: readonly ResolutionRow[]) {
    return {
      orderNumber,
      items: rows.map((row) => ({
        seq: row.seq,
        outcome: row.outcome,
        ...(row.amount === null ? {} : { amount: moneyJson(BigInt(row.amount)) }),
        ...openResolution(this.vault, caseKey, row),
        status: row.status,
        by: row.by_user,
        at: instantText(row.at),
        ...(row.decided_by === null || row.decided_at === null
          ? {}
          : { decidedBy: row.decided_by, decidedAt: instantText(row.decided_at) }),
      })),
    };
  }
}
