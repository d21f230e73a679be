import { Get, Inject, Param } from '@nestjs/common';
import type { Principal } from '#access';
import { Reads } from '#http';
import type { Relay } from '#messaging';
import { GATEWAY_RELAY } from '../../gateway-parts.js';
import { ProveRequest, type RequestProof } from '../../use-cases/prove-request/prove-request.js';
import { ApiController, CurrentPrincipal, Enter } from './principal.js';

@ApiController('requests/:id', '证明')
export class ProofsController {
  constructor(
    @Inject(ProveRequest) private readonly prove: ProveRequest,
    @Inject(GATEWAY_RELAY) private readonly relay: Relay,
  ) {}

  @Get('proof')
  @Enter('request.proof.read')
  @Reads({
    summary: '一个请求全部事实的证明（chakong-proof/v1）',
    description: '账本的签名检查点覆盖全部事实以后才有；此前 409 not-yet。opening 只给有权查看内容的人，查看留痕。',
    example: {
      format: 'chakong-proof/v1',
      origin: 'gateway.420106/ledger/2026',
      vkey: 'gateway.420106/ledger/2026+530d903a+AWJ…',
      proofs: [
        { index: 5, leaf: 'eyJhY3RvciI6…', tlogProof: 'c2sp.org/tlog-proof@v1\n…', opening: { salt: 'q83v…', content: 'eyJhY3Rpb24i…' } },
      ],
    },
    errors: ['not-found', 'not-yet', 'unavailable'],
  })
  async proof(@Param('id') id: string, @CurrentPrincipal() principal: Principal): Promise<RequestProof> {
    const proof = await this.prove.execute(id, principal);
    this.relay.nudge();
    return proof;
  }
}
