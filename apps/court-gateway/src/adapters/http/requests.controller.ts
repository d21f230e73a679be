import { Body, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiBody, ApiExtraModels, getSchemaPath } from '@nestjs/swagger';
import { assertMayEnter, type Principal } from '#access';
import { GATE_CODES, pageStart, Reads, WritesOnce } from '#http';
import { AppError } from '#kernel';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';
import { acceptedAnswer, RequestBatch } from './request-batch.js';
import { PostRequest } from '../../use-cases/post-request/post-request.js';
import { acceptedView } from '../../use-cases/read-request/request-view.js';
import { ReadRequests } from '../../use-cases/read-request/read-requests.js';
import { ApiController, CurrentPrincipal, Enter } from './principal.js';
import {
  DeductBody,
  FreezeBody,
  InquireBody,
  parseRequest,
  ReleaseBody,
  RenewBody,
  REQUEST_BODIES,
  RequestListQuery,
} from './request-bodies.js';
import { ACCEPTED_EXAMPLE, BATCH_ANSWER_EXAMPLE, BATCH_EXAMPLE, REQUEST_EXAMPLE, REQUEST_EXAMPLES } from './request-examples.js';
import { Write, Writes, type WriteCall } from './writes.js';

const DOORS = ['request.inquire', 'request.freeze', 'request.renew', 'request.release', 'request.deduct'] as const;
const GATES = GATE_CODES.filter((code) => code !== 'live-measures');

const BODY = {
  schema: {
    oneOf: Object.values(REQUEST_BODIES).map((body) => ({ $ref: getSchemaPath(body) })),
    discriminator: {
      propertyName: 'action',
      mapping: Object.fromEntries(Object.entries(REQUEST_BODIES).map(([action, body]) => [action, getSchemaPath(body)])),
    },
  },
  examples: Object.fromEntries(Object.entries(REQUEST_EXAMPLES).map(([name, value]) => [name, { value }])),
};

/** Posting and reading requests. */
@ApiController('requests', '请求')
@ApiExtraModels(InquireBody, FreezeBody, RenewBody, ReleaseBody, DeductBody)
export class RequestsController {
  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(Writes) private readonly writes: Writes,
    @Inject(PostRequest) private readonly postRequest: PostRequest,
    @Inject(RequestBatch) private readonly postBatch: RequestBatch,
    @Inject(ReadRequests) private readonly requests: ReadRequests,
  ) {}

  @Post()
  @HttpCode(202)
  @Enter(...DOORS)
  @WritesOnce({
    summary: '提交协助执行请求：查询、冻结、续行冻结、解除冻结、扣划',
    description:
      '按被执行人和法人行拆分为请求单。各项条件按固定次序检查，报告第一项不符合的。不需审批的立即发出，否则等待审批，三日未批即失效。',
    status: 202,
    example: ACCEPTED_EXAMPLE,
    errors: ['not-handler', 'not-found', 'plan-stale', ...GATES],
  })
  @ApiBody(BODY)
  post(@Body() body: unknown, @Write() call: WriteCall): Promise<unknown> {
    const { principal } = call;
    return this.writes.run(call, async () => {
      const command = await parseRequest(body);
      assertMayEnter(principal, `request.${command.action}`);
      const { caseId, caseKey, accept } = await this.postRequest.prepare(principal, command);
      return { caseId, caseKey, work: async (tx) => acceptedAnswer(acceptedView(await accept(tx))) };
    });
  }

  @Post('batch')
  @HttpCode(200)
  @Enter('request.batch')
  @Reads({
    summary: '批量提交请求，每项各有自己的幂等键与结果',
    description: '至多500项；键与单独提交 POST /requests 共用一个范围，本调用不需要 Idempotency-Key。一项被拒绝不影响其他各项。',
    example: BATCH_ANSWER_EXAMPLE,
    errors: ['too-large', 'unsupported-media-type'],
  })
  @ApiBody({ schema: { type: 'object', example: BATCH_EXAMPLE } })
  async batch(@Body() body: unknown, @CurrentPrincipal() principal: Principal): Promise<unknown> {
    return { items: await this.postBatch.execute(principal, this.itemsOf(body)) };
  }

  @Get()
  @Enter('request.list')
  @Reads({ summary: '请求列表，新的在前', example: { items: [REQUEST_EXAMPLE], nextCursor: null } })
  list(@Query() query: RequestListQuery, @CurrentPrincipal() principal: Principal): Promise<unknown> {
    return this.requests.list(principal, query, pageStart(query));
  }

  @Get(':id')
  @Enter('request.read')
  @Reads({ summary: '一项请求及其请求单的进展', example: REQUEST_EXAMPLE, errors: ['not-found'] })
  read(@Param('id') id: string, @CurrentPrincipal() principal: Principal): Promise<unknown> {
    return this.requests.one(principal, id);
  }

  private itemsOf(body: unknown): readonly unknown[] {
    const members = typeof body === 'object' && body !== null ? Object.keys(body) : [];
    const items: unknown = typeof body === 'object' && body !== null && 'items' in body ? body.items : undefined;
    const max = this.parts.policy.limits.batchItemsMax;
    const detail = `items 是1至${max}项的数组`;
    if (members.length !== 1 || !Array.isArray(items) || items.length === 0 || items.length > max) {
      throw new AppError('invalid', `/items ${detail}`, { errors: [{ pointer: '/items', detail }] });
    }
    return items as readonly unknown[];
  }
}
