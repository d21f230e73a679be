import { Body, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import type { Principal } from '#access';
import { Reads, Text } from '#http';
import type { Relay } from '#messaging';
import { GATEWAY_RELAY } from '../../gateway-parts.js';
import { ReadMoney } from '../../use-cases/show-money/read-money.js';
import { ReasonBody } from './case-bodies.js';
import { MEASURE_EXAMPLE, MEASURES_EXAMPLE } from './money-examples.js';
import { ApiController, CurrentPrincipal, Enter } from './principal.js';

export class ExpiringQuery {
  @Text({ max: 20, description: '从现在起的时长，ISO 8601，以天计', example: 'P30D' })
  expiringWithin!: string;
}

@ApiController('', '控制措施')
export class MeasuresController {
  constructor(
    @Inject(ReadMoney) private readonly money: ReadMoney,
    @Inject(GATEWAY_RELAY) private readonly relay: Relay,
  ) {}

  @Get('cases/:id/measures')
  @Enter('measure.list')
  @Reads({ summary: '本案的控制措施与金额', example: MEASURES_EXAMPLE, errors: ['not-found', 'content-erased'] })
  ofCase(@Param('id') caseId: string, @CurrentPrincipal() principal: Principal) {
    return this.money.measures(principal, caseId);
  }

  @Get('measures')
  @Enter('measure.expiring.list')
  @Reads({
    summary: '即将届满的控制措施，最先届满的在前',
    example: { items: [{ ...MEASURE_EXAMPLE, endsAt: '2027-03-09T16:00:00.000Z' }] },
  })
  expiring(@Query() query: ExpiringQuery, @CurrentPrincipal() principal: Principal) {
    return this.money.expiring(principal, query.expiringWithin);
  }

  @Post('measures/:id/reveal')
  @HttpCode(200)
  @Enter('measure.reveal')
  @Reads({
    summary: '查看被控制账号原文，留痕',
    example: { id: MEASURE_EXAMPLE.id, bank: 'hubeibank', account: '4201000000000011' },
    errors: ['not-found', 'content-erased'],
  })
  async reveal(@Param('id') id: string, @Body() body: ReasonBody, @CurrentPrincipal() principal: Principal) {
    const found = await this.money.revealMeasure(principal, id, body.reason);
    this.relay.nudge();
    return found;
  }
}
