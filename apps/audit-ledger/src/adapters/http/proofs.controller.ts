import { Controller, Get, Headers, Param, Query } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiForbiddenResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
  ApiUnauthorizedResponse,
} from '@nestjs/swagger';
import { AppError, isId } from '#kernel';
import { EntryProofs } from '../../use-cases/prove-entries/prove-entries.js';
import { ProveRequest } from '../../use-cases/prove-entries/prove-request.js';
import { PublishedLogs } from '../../use-cases/prove-entries/published-logs.js';
import { LedgerAccess } from './ledger-access.js';
import { ConsistencyQuery, InclusionQuery, wholeNumber, yearOf } from './queries.js';

const HASH = 'NUnJsQaDnvU9Bu1sWq5tJ5fXjYh0SWQb9cVmuE8KZRQ=';

/** Proofs, open to everybody, and those of a request, for auditors and services. Without a year in the path: the current log. */
@ApiTags('ledger')
@Controller()
export class ProofsController {
  constructor(
    private readonly logs: PublishedLogs,
    private readonly proveRequest: ProveRequest,
    private readonly access: LedgerAccess,
  ) {}

  @Get(['ledger/v1/proofs/inclusion', 'ledger/:year/v1/proofs/inclusion'])
  @ApiOperation({ summary: '包含证明（RFC 6962 2.1.1，自叶向根）' })
  @ApiOkResponse({ example: { origin: 'gateway.420106/ledger/2026', index: 5, size: 300, leafHash: HASH, root: HASH, proof: [HASH] } })
  @ApiNotFoundResponse({ description: '账本尚未达到该大小' })
  async inclusion(@Query() query: InclusionQuery, @Param('year') year?: string): Promise<Record<string, unknown>> {
    const log = this.logs.of(yearOf(year));
    const size = query.size === undefined ? undefined : wholeNumber(query.size, 'size');
    const found = await new EntryProofs(log).inclusion(wholeNumber(query.index, 'index'), size);
    return {
      origin: log.head.origin,
      index: found.index,
      size: found.size,
      leafHash: base64(found.leafHash),
      root: base64(found.root),
      proof: found.proof.map(base64),
    };
  }

  @Get(['ledger/v1/proofs/consistency', 'ledger/:year/v1/proofs/consistency'])
  @ApiOperation({ summary: '一致性证明（RFC 6962 2.1.2）' })
  @ApiOkResponse({ example: { origin: 'gateway.420106/ledger/2026', from: 100, to: 300, fromRoot: HASH, toRoot: HASH, proof: [HASH] } })
  @ApiNotFoundResponse({ description: '账本尚未达到该大小' })
  async consistency(@Query() query: ConsistencyQuery, @Param('year') year?: string): Promise<Record<string, unknown>> {
    const log = this.logs.of(yearOf(year));
    const to = query.to === undefined ? undefined : wholeNumber(query.to, 'to');
    const found = await new EntryProofs(log).consistency(wholeNumber(query.from, 'from'), to);
    return {
      origin: log.head.origin,
      from: found.from,
      to: found.to,
      fromRoot: base64(found.fromRoot),
      toRoot: base64(found.toRoot),
      proof: found.proof.map(base64),
    };
  }

  @Get('ledger/v1/requests/:requestId/proofs')
  @ApiBearerAuth()
  @ApiOperation({ summary: '一个协助执行请求的全部事实及其证明（内部服务与审计员）' })
  @ApiOkResponse({
    example: {
      proofs: [
        {
          origin: 'gateway.420106/ledger/2026',
          index: 5,
          leaf: 'eyJhdCI6…',
          leafHash: '3549c9b1…',
          tlogProof: 'c2sp.org/tlog-proof@v1\n…',
        },
      ],
      pending: 0,
      coveredSize: 300,
    },
  })
  @ApiUnauthorizedResponse({ description: 'unauthenticated' })
  @ApiForbiddenResponse({ description: 'forbidden' })
  async ofRequest(
    @Headers('authorization') authorization: string | undefined,
    @Param('requestId') requestId: string,
  ): Promise<Record<string, unknown>> {
    await this.access.assertMayReadProofs(authorization);
    if (!isId(requestId)) throw new AppError('not-found', '未找到该请求');
    const found = await this.proveRequest.execute(requestId);
    const proofs = found.proofs.map((proof) => ({ ...proof, leaf: base64(proof.leaf) }));
    return { proofs, pending: found.pending, coveredSize: found.coveredSize };
  }
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64');
}
