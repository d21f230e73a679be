import { Controller, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiOkResponse, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { HeardBytes } from '#connector-sdk';
import type { RawBody } from '#http';
import { AppError } from '#kernel';
import type { BankHost } from '../../bank-host.js';
import { BankHosts } from '../../bank-hosts.js';
import type { Door } from '../../open-bank.js';
import { ReceiveCallBack } from '../../use-cases/receive-call-back/receive-call-back.js';

type BankRequest = FastifyRequest & RawBody;

const SIGNATURE = { name: 'X-JWS-Signature', required: true, description: '对正文原始字节的分离式 JWS（docs/dialects/realtime-json.md）' };
const BANK = { name: 'bank', description: '银行代码', example: 'hubeibank' };

/** Call-backs of a bank that we call, by docs/dialects. The bank that polls has its web service in pull.controller.ts. */
@ApiTags('银行接口')
@ApiParam(BANK)
@ApiResponse({ status: 400, description: '`invalid`：正文不符合约定' })
@ApiResponse({ status: 401, description: '`unauthenticated`：签名或口令不对' })
@ApiResponse({ status: 404, description: '`not-found`：没有该银行、该接口或该请求单' })
@Controller('connector/:bank')
export class BankCallsController {
  constructor(@Inject(BankHosts) private readonly hosts: BankHosts) {}

  @Post('answers')
  @HttpCode(200)
  @ApiOperation({ summary: '实时银行送达反馈' })
  @ApiHeader(SIGNATURE)
  @ApiBody({ schema: { type: 'object' }, description: 'docs/dialects/realtime-json.md 的反馈' })
  @ApiOkResponse({ schema: { example: { orderNumber: '202603104201060000000201' } } })
  async answers(@Param('bank') bank: string, @Req() request: BankRequest): Promise<unknown> {
    const { context, door } = this.host(bank);
    if (door.kind !== 'push') throw noSuchCall();
    return { orderNumber: await new ReceiveCallBack(context, door).answer(await heardOf(request, door)) };
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
    return { noticeId: await new ReceiveCallBack(context, door).notice(await heardOf(request, door)) };
  }

  private host(bank: string): BankHost {
    const host = this.hosts.find(bank);
    if (!host) throw noSuchCall();
    return host;
  }
}

function noSuchCall(): AppError {
  return new AppError('not-found', '该银行没有这个接口');
}

/** What was brought, out of its envelope where the bank encrypts. */
async function heardOf(request: BankRequest, { signatures, connector }: Extract<Door, { kind: 'push' }>): Promise<HeardBytes> {
  const signature = request.headers[signatures.header];
  const bytes = request.rawBody ?? Buffer.alloc(0);
  const heard = { bytes, contentType: 'application/json', signature: typeof signature === 'string' ? signature : undefined };
  return (await connector.open?.(heard)) ?? heard;
}
