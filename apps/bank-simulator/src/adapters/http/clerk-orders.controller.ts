import { Body, Controller, HttpCode, Inject, Param, Post, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { AppError } from '#kernel';
import { BankCores } from '../../banks/bank-cores.js';
import { BankOrders } from '../../banks/orders.js';
import { answerForClerk } from '../../dialects/manual-desk/answer-writer.js';
import { orderOf } from '../../dialects/manual-desk/order-reader.js';
import { paperProblem } from '../../dialects/papers.js';
import { AdminGuard } from './admin.guard.js';

/**
 * The core of a manual desk for clerks who work by rote: a whole order goes in (`chakong-order/v1`), and what they have to type comes out
 * (`chakong-answer/v1`). As at any counter an order number is worked on once and answered the same again.
 */
@ApiExcludeController()
@Controller('sim/:bank/orders')
@UseGuards(AdminGuard)
export class ClerkOrdersController {
  constructor(
    @Inject(BankCores) private readonly cores: BankCores,
    @Inject(BankOrders) private readonly orders: BankOrders,
  ) {}

  @Post()
  @HttpCode(200)
  async work(@Param('bank') bank: string, @Body() body: unknown): Promise<unknown> {
    if (!this.cores.bank(bank).desk) throw new AppError('not-found', '该银行没有人工办理台');
    if (this.cores.faultsOf(bank).down) throw new AppError('unavailable', '银行核心系统不可用', { retryable: true });
    const read = orderOf(body);
    const { record } = await this.orders.receive(bank, read.order, false, paperProblem(read));
    return answerForClerk(record);
  }
}
