import { Controller, Get, Inject, Param, Post, Req, Res, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ApiBody, ApiConsumes, ApiOkResponse, ApiOperation, ApiParam, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { problemOf, retryAfterOf } from '#http';
import { AppError } from '#kernel';
import type { BankHost } from '../../bank-host.js';
import { BankHosts } from '../../bank-hosts.js';
import { CONNECTOR_PARTS, type ConnectorParts } from '../../connector-parts.js';
import type { Door } from '../../open-bank.js';
import { assertSignedIn } from './bank-sign-in.js';
import { PullCalls } from './pull-calls.js';

/** Content types of SOAP 1.1; the second comes from clients that know the other version only. */
const XML_TYPES = ['text/xml', 'application/xml', 'application/soap+xml'];
const XML = 'text/xml; charset=utf-8';
const INTERNAL = 500;

/** The web service of a bank that polls, by docs/dialects/poll-xml.md. */
@ApiTags('银行接口')
@ApiParam({ name: 'bank', description: '银行代码', example: 'hankoubank' })
@ApiResponse({ status: 404, description: '`not-found`：没有该银行或该接口' })
@Controller('connector/:bank/ws')
export class PullController implements OnModuleInit {
  constructor(
    @Inject(BankHosts) private readonly hosts: BankHosts,
    @Inject(CONNECTOR_PARTS) private readonly parts: ConnectorParts,
    @Inject(HttpAdapterHost) private readonly adapter: HttpAdapterHost,
  ) {}

  /** The server reads JSON alone; an envelope is read by the dialect, which needs its exact bytes. */
  onModuleInit(): void {
    const server = this.adapter.httpAdapter.getInstance<FastifyInstance>();
    for (const type of XML_TYPES) {
      if (!server.hasContentTypeParser(type))
        server.addContentTypeParser(type, { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    }
  }

  @Get()
  @ApiOperation({ summary: '轮询银行的 Web 服务说明（WSDL 1.1）' })
  @ApiProduces('text/xml')
  @ApiOkResponse({ description: 'WSDL' })
  describe(@Param('bank') bank: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const { door } = this.polled(bank);
    const address = `${request.protocol}://${request.host}${request.url.split('?')[0] ?? ''}`;
    void reply.status(200).header('content-type', XML).send(door.connector.describe(address));
  }

  @Post()
  @ApiOperation({ summary: '轮询银行的 Web 服务（SOAP 1.1）：领取请求单、文书、证件，签收，上传反馈、往来流水和回退' })
  @ApiConsumes('text/xml')
  @ApiProduces('text/xml')
  @ApiBody({ schema: { type: 'string' }, description: 'SOAP 1.1 信封，一个操作，一个字符串参数' })
  @ApiOkResponse({ description: 'SOAP 1.1 信封；return 为整体 Base64' })
  @ApiResponse({ status: 400, description: 'soap:Fault `invalid`：报文不符合约定' })
  @ApiResponse({ status: 401, description: 'soap:Fault `unauthenticated`：用户名或口令不对' })
  async call(@Param('bank') bank: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { host, door } = this.polled(bank);
    const { connector } = door;
    try {
      if (!Buffer.isBuffer(request.body)) throw new AppError('invalid', '没有请求报文');
      const call = connector.readCall(request.body, (given) => assertSignedIn(door, given));
      const answer = await new PullCalls(host, door, this.parts.bankKeys).answer(call);
      void reply.status(200).header('content-type', XML).send(connector.writeReply(call.operation, answer));
    } catch (error) {
      // A fault in the envelope has the status of the problem: SOAP 1.1 asks for 500 always, which would hide our own defects.
      const problem = problemOf(error);
      if (problem.status === INTERNAL) throw error;
      const retryAfter = retryAfterOf(problem);
      if (retryAfter !== undefined) void reply.header('retry-after', String(retryAfter));
      void reply.status(problem.status).header('content-type', XML).send(connector.writeFault(problem.code, problem.detail));
    }
  }

  private polled(bank: string): { readonly host: BankHost; readonly door: Extract<Door, { kind: 'pull' }> } {
    const host = this.hosts.find(bank);
    if (host?.door.kind !== 'pull') throw new AppError('not-found', '该银行没有这个接口');
    return { host, door: host.door };
  }
}
