import { Body, Controller, Get, Headers, HttpCode, Inject, Param, Post, Query, Req } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiOkResponse, ApiOperation, ApiParam, ApiPropertyOptional, ApiResponse, ApiTags } from '@nestjs/swagger';
import { IsOptional, Matches } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import type { HeardBytes, UploadResult } from '#connector-sdk';
import type { RawBody } from '#http';
import { AppError } from '#kernel';
import type { AnswerFate } from '../store/answer-rows.js';
import type { BankHost } from '../../bank-host.js';
import { BankHosts } from '../../bank-hosts.js';
import type { Door } from '../../open-bank.js';
import { CONNECTOR_PARTS, type ConnectorParts } from '../../connector-parts.js';
import { AcknowledgeOrders } from '../../use-cases/acknowledge-orders/acknowledge-orders.js';
import { ReceiveAnswer } from '../../use-cases/receive-answer/receive-answer.js';
import { ReceiveCallBack } from '../../use-cases/receive-call-back/receive-call-back.js';
import { PAGE_MAX, ServeOrders } from '../../use-cases/serve-orders/serve-orders.js';
import { assertSignedIn } from './basic-sign-in.js';

type BankRequest = FastifyRequest & RawBody;

export class OrdersPageQuery {
  @IsOptional()
  @Matches(/^[1-9]\d{0,2}$/, { message: `是1到${PAGE_MAX}的整数` })
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: PAGE_MAX, default: 100, description: '每页请求单数' })
  limit?: string;
}

const SIGNATURE = { name: 'X-JWS-Signature', required: true, description: '对正文原始字节的分离式 JWS（docs/dialects/realtime-json.md）' };
const BANK = { name: 'bank', description: '银行代码', example: 'hubeibank' };

/** What the banks call, by docs/dialects: call-backs of the bank that we call, and the four calls of the bank that polls. */
@ApiTags('银行接口')
@ApiParam(BANK)
@ApiResponse({ status: 400, description: '`invalid`：正文不符合约定' })
@ApiResponse({ status: 401, description: '`unauthenticated`：签名或口令不对' })
@ApiResponse({ status: 404, description: '`not-found`：没有该银行、该接口或该请求单' })
@Controller('connector/:bank')
export class BankCallsController {
  constructor(
    @Inject(BankHosts) private readonly hosts: BankHosts,
    @Inject(CONNECTOR_PARTS) private readonly parts: ConnectorParts,
  ) {}

  @Post('answers')
  @HttpCode(200)
  @ApiOperation({ summary: '银行送达反馈（实时银行逐件回调；轮询银行每次至多 100 件）' })
  @ApiHeader({ ...SIGNATURE, required: false })
  @ApiBody({ schema: { type: 'object' }, description: 'docs/dialects/realtime-json.md 的反馈，或 {"answers":[{"body","signature"}]}' })
  @ApiOkResponse({ schema: { example: { orderNumber: '202603104201060000000201' } } })
  async answers(
    @Param('bank') bank: string,
    @Req() request: BankRequest,
    @Headers('authorization') authorization: string | undefined,
    @Body() body: unknown,
  ): Promise<unknown> {
    const host = this.host(bank);
    const { door } = host;
    if (door.kind === 'push') return { orderNumber: await new ReceiveCallBack(host.context, door).answer(heardOf(request, door)) };
    const { connector } = this.polled(host, authorization);
    const receive = new ReceiveAnswer(host.context, connector, this.parts.bankKeys);
    return { results: await Promise.all(connector.readUpload(body).map((heard) => uploadOne(receive, heard))) };
  }

  @Post('notices')
  @HttpCode(200)
  @ApiOperation({ summary: '银行主动通知' })
  @ApiHeader(SIGNATURE)
  @ApiBody({ schema: { type: 'object' }, description: 'docs/dialects/realtime-json.md 的通知' })
  @ApiOkResponse({ schema: { example: { noticeId: 'hubeibank-17' } } })
  async notices(@Param('bank') bank: string, @Req() request: BankRequest): Promise<unknown> {
    const { context, door } = this.host(bank);
    if (door.kind !== 'push' || !context.manifest.notices) throw noSuchCall();
    return { noticeId: await new ReceiveCallBack(context, door).notice(heardOf(request, door)) };
  }

  @Get('orders')
  @ApiOperation({ summary: '轮询银行领取请求单：未确认、未反馈的，按先后次序' })
  @ApiOkResponse({ schema: { example: { orders: [{ orderNumber: '202603104201060000000202', body: '<Base64>', signature: '…' }] } } })
  async orders(
    @Param('bank') bank: string,
    @Query() query: OrdersPageQuery,
    @Headers('authorization') authorization: string | undefined,
  ): Promise<unknown> {
    const host = this.host(bank);
    const { connector } = this.polled(host, authorization);
    const limit = Number(query.limit ?? 100);
    if (limit > PAGE_MAX) throw new AppError('invalid', `/limit 不得超过${PAGE_MAX}`);
    return connector.writePage(await new ServeOrders(host.context, host.documents).page(limit));
  }

  @Get('orders/:orderNumber/documents')
  @ApiOperation({ summary: '轮询银行领取法律文书' })
  @ApiOkResponse({ schema: { example: { documents: [{ type: 'freeze-ruling', sha256: '…', content: '<Base64>' }] } } })
  async documents(
    @Param('bank') bank: string,
    @Param('orderNumber') orderNumber: string,
    @Headers('authorization') authorization: string | undefined,
  ): Promise<unknown> {
    const host = this.host(bank);
    const { connector } = this.polled(host, authorization);
    return connector.writeDocuments(await new ServeOrders(host.context, host.documents).documentsOf(orderNumber));
  }

  @Post('acknowledgements')
  @HttpCode(200)
  @ApiOperation({ summary: '轮询银行确认已收到的请求单' })
  @ApiBody({ schema: { example: { orderNumbers: ['202603104201060000000202'], receivedAt: '2026-03-10T03:52:03.120Z' } } })
  @ApiOkResponse({ schema: { example: { results: [{ orderNumber: '202603104201060000000202', result: 'ok' }] } } })
  async acknowledgements(
    @Param('bank') bank: string,
    @Headers('authorization') authorization: string | undefined,
    @Body() body: unknown,
  ): Promise<unknown> {
    const host = this.host(bank);
    const { connector } = this.polled(host, authorization);
    const { orderNumbers, receivedAt } = connector.readAcknowledgement(body);
    return { results: await new AcknowledgeOrders(host.context).execute(orderNumbers, receivedAt) };
  }

  private host(bank: string): BankHost {
    const host = this.hosts.find(bank);
    if (!host) throw noSuchCall();
    return host;
  }

  private polled({ door }: BankHost, authorization: string | undefined) {
    if (door.kind !== 'pull') throw noSuchCall();
    assertSignedIn(door, authorization);
    return door;
  }
}

function noSuchCall(): AppError {
  return new AppError('not-found', '该银行没有这个接口');
}

function heardOf(request: BankRequest, { signatures }: Extract<Door, { kind: 'push' }>): HeardBytes {
  const signature = request.headers[signatures.header];
  const bytes = request.rawBody ?? Buffer.alloc(0);
  return { bytes, contentType: 'application/json', signature: typeof signature === 'string' ? signature : undefined };
}

/** Errors that are the answer's own, and that no repetition will mend. */
const REFUSED: ReadonlySet<string> = new Set(['invalid', 'not-found', 'content-erased']);

/** One answer that is wrong leaves the others of its upload whole. */
async function uploadOne(receive: ReceiveAnswer, heard: HeardBytes): Promise<UploadResult> {
  try {
    const { orderNumber, fate } = await receive.execute(heard);
    return isTaken(fate)
      ? { orderNumber, result: 'ok' }
      : { orderNumber, result: 'error', message: '反馈的签名或内容无法确认，请重新上传' };
  } catch (error) {
    if (!(error instanceof AppError) || !REFUSED.has(error.code)) throw error;
    return { orderNumber: '', result: 'error', message: error.message };
  }
}

function isTaken(fate: AnswerFate): boolean {
  return fate === 'published' || fate === 'repeated' || fate === 'contradictory';
}
