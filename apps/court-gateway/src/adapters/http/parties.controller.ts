import { Body, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { Reads } from '#http';
import type { Relay } from '#messaging';
import type { Principal } from '#access';
import { GATEWAY_RELAY } from '../../gateway-parts.js';
import { RevealParty } from '../../use-cases/reveal-party/reveal-party.js';
import { ReasonBody } from './case-bodies.js';
import { ApiController, CurrentPrincipal, Enter } from './principal.js';

@ApiController('parties', '当事人')
export class PartiesController {
  constructor(
    @Inject(RevealParty) private readonly revealParty: RevealParty,
    @Inject(GATEWAY_RELAY) private readonly relay: Relay,
  ) {}

  /** Needs no idempotency key: it changes nothing, and every reading is to leave a fact of its own. */
  @Post(':id/reveal')
  @HttpCode(200)
  @Enter('party.reveal')
  @Reads({
    summary: '查看当事人证件号码原文，留痕',
    example: { id: '0199…', kind: 'person', name: '陈志远', idType: '01', idNumber: '420106190001010019' },
    errors: ['not-found', 'content-erased'],
  })
  async reveal(@Param('id') id: string, @Body() body: ReasonBody, @CurrentPrincipal() principal: Principal) {
    const party = await this.revealParty.execute(id, body.reason, principal);
    this.relay.nudge();
    return { id: party.id, kind: party.kind, name: party.name, idType: party.idType, idNumber: party.idNumber };
  }
}
