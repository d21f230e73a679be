import { Body, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import type { Principal } from '#access';
import { Flag, Reads, Text, WritesOnce } from '#http';
import { paymentView } from '../../use-cases/show-money/money-views.js';
import { ReadMoney } from '../../use-cases/show-money/read-money.js';
import { SettlePayment, type PreparedPayment } from '../../use-cases/settle-payment/settle-payment.js';
import type { Tx } from '#persistence';
import type { PaymentRow } from '../store/payment-rows.js';
import { PAYMENT_EXAMPLE } from './money-examples.js';
import { ApiController, CurrentPrincipal, Enter } from './principal.js';
import { optionalBody } from './request-bodies.js';
import { Write, Writes, type WriteCall } from './writes.js';

const REASON_MAX = 500;

export class PaymentBody {
  @Text({ max: REASON_MAX, optional: true, lines: true, description: '依据，例如专户流水' })
  reason?: string;
}

export class ReturnedBody extends PaymentBody {
  @Flag({ optional: true, description: '银行已书面确认款项重新处于冻结之下；否则产生告警待办' })
  controlRestored?: boolean;
}

@ApiController('', '执行款')
export class PaymentsController {
  constructor(
    @Inject(Writes) private readonly writes: Writes,
    @Inject(ReadMoney) private readonly money: ReadMoney,
    @Inject(SettlePayment) private readonly payments: SettlePayment,
  ) {}

  @Get('cases/:id/payments')
  @Enter('payment.list')
  @Reads({ summary: '本案的执行款', example: { items: [PAYMENT_EXAMPLE] }, errors: ['not-found'] })
  list(@Param('id') caseId: string, @CurrentPrincipal() principal: Principal) {
    return this.money.payments(principal, caseId);
  }

  @Post('payments/:id/credited')
  @HttpCode(200)
  @Enter('payment.credited')
  @WritesOnce({ summary: '确认执行款已到账', example: PAYMENT_EXAMPLE, errors: ['not-found', 'wrong-state'] }, { to: {} })
  credited(@Param('id') id: string, @Body() body: unknown, @Write() call: WriteCall) {
    return this.write(call, async () => {
      const finding = await optionalBody(body, PaymentBody);
      const prepared = await this.payments.prepare(call.principal, 'payment.credited', id);
      return { prepared, work: (tx) => this.payments.settle(tx, prepared, 'credited', finding, call.principal) };
    });
  }

  @Post('payments/:id/returned')
  @HttpCode(200)
  @Enter('payment.returned')
  @WritesOnce(
    { summary: '登记执行款被退回', example: { ...PAYMENT_EXAMPLE, state: 'returned' }, errors: ['not-found', 'wrong-state'] },
    { returned: { reason: '户名不符被退汇', controlRestored: true } },
  )
  returned(@Param('id') id: string, @Body() body: unknown, @Write() call: WriteCall) {
    return this.write(call, async () => {
      const finding = await optionalBody(body, ReturnedBody);
      const prepared = await this.payments.prepare(call.principal, 'payment.returned', id);
      return { prepared, work: (tx) => this.payments.settle(tx, prepared, 'returned', finding, call.principal) };
    });
  }

  @Post('payments/:id/claim')
  @HttpCode(200)
  @Enter('payment.claim')
  @WritesOnce(
    { summary: '认领执行款到本案', example: { ...PAYMENT_EXAMPLE, state: 'claimed' }, errors: ['not-found', 'wrong-state'] },
    { to: {} },
  )
  claim(@Param('id') id: string, @Body() body: unknown, @Write() call: WriteCall) {
    return this.write(call, async () => {
      await optionalBody(body, PaymentBody);
      const prepared = await this.payments.prepare(call.principal, 'payment.claim', id);
      return { prepared, work: (tx) => this.payments.claim(tx, prepared, call.principal) };
    });
  }

  private write(
    call: WriteCall,
    prepare: () => Promise<{ prepared: PreparedPayment; work: (tx: Tx) => Promise<PaymentRow> }>,
  ): Promise<unknown> {
    return this.writes.run(call, async () => {
      const { prepared, work } = await prepare();
      const { caseId, caseKey } = prepared;
      return { caseId, caseKey, work: async (tx) => ({ status: 200, body: paymentView(await work(tx)) }) };
    });
  }
}
