import { Body, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import type { Principal } from '#access';
import { Reads } from '#http';
import type { Relay } from '#messaging';
import { GATEWAY_RELAY } from '../../gateway-parts.js';
import { ReadMoney } from '../../use-cases/show-money/read-money.js';
import { ReasonBody } from './case-bodies.js';
import { HOLDING_EXAMPLE, TRANSACTION_EXAMPLE } from './money-examples.js';
import { ApiController, CurrentPrincipal, Enter } from './principal.js';

/** What inquiries have found. Reading and revealing change nothing, so they need no idempotency key. */
@ApiController('', '财产')
export class HoldingsController {
  constructor(
    @Inject(ReadMoney) private readonly money: ReadMoney,
    @Inject(GATEWAY_RELAY) private readonly relay: Relay,
  ) {}

  @Get('cases/:id/holdings')
  @Enter('holding.list')
  @Reads({ summary: '本案查到的全部账户与金融资产', example: { items: [HOLDING_EXAMPLE] }, errors: ['not-found', 'content-erased'] })
  list(@Param('id') caseId: string, @CurrentPrincipal() principal: Principal) {
    return this.money.holdings(principal, caseId);
  }

  @Get('holdings/:id/transactions')
  @Enter('holding.transactions.read')
  @Reads({ summary: '一个账户的交易明细，留痕', example: { items: [TRANSACTION_EXAMPLE] }, errors: ['not-found', 'content-erased'] })
  async transactions(@Param('id') id: string, @CurrentPrincipal() principal: Principal) {
    const found = await this.money.transactions(principal, id);
    this.relay.nudge();
    return found;
  }

  @Post('holdings/:id/reveal')
  @HttpCode(200)
  @Enter('holding.reveal')
  @Reads({
    summary: '查看账号原文，留痕',
    example: { id: HOLDING_EXAMPLE.id, bank: 'hubeibank', account: '4201000000000011' },
    errors: ['not-found', 'content-erased'],
  })
  async reveal(@Param('id') id: string, @Body() body: ReasonBody, @CurrentPrincipal() principal: Principal) {
    const found = await this.money.revealHolding(principal, id, body.reason);
    this.relay.nudge();
    return found;
  }
}
