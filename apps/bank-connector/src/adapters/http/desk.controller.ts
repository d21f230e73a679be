import { Get, Header, Inject, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiProduces, ApiResponse } from '@nestjs/swagger';
import type { Principal } from '#access';
import { Caller, EnterBy } from '#http';
import { Ed25519Signer, Ed25519Verifier } from '#trust';
import { BankHosts } from '../../bank-hosts.js';
import { CONNECTOR_PARTS, type ConnectorParts } from '../../connector-parts.js';
import { Desks } from '../../use-cases/read-desk/desks.js';
import { ReadDesk } from '../../use-cases/read-desk/read-desk.js';
import { PrintAtDesk } from '../../use-cases/print-at-desk/print-at-desk.js';
import { DeskOrdersQuery, DeskRegisterQuery } from './desk-bodies.js';
import { DETAIL_EXAMPLE, DOCUMENTS_EXAMPLE, LIST_EXAMPLE, NUMBER_PARAM } from './desk-examples.js';
import { ordersQuery, pageAnswer, registerQuery } from './desk-paging.js';
import { DeskController } from './principal.js';

/** What clerks read. */
@DeskController()
export class DeskReadController {
  private readonly reading: ReadDesk;
  private readonly printing: PrintAtDesk;

  constructor(@Inject(BankHosts) hosts: BankHosts, @Inject(CONNECTOR_PARTS) { courtSigner }: ConnectorParts) {
    const desks = new Desks(hosts);
    this.reading = new ReadDesk(desks);
    const courtKey = courtSigner instanceof Ed25519Signer ? new Ed25519Verifier(courtSigner.publicKeyPem(), courtSigner.keyId) : undefined;
    this.printing = new PrintAtDesk(desks, courtKey);
  }

  @Get('orders')
  @EnterBy('desk.list')
  @ApiOperation({ summary: '本行请求单列表（证件号码隐去）' })
  @ApiOkResponse({ schema: { example: LIST_EXAMPLE } })
  @ApiResponse({ status: 400, description: '`invalid`' })
  async orders(@Caller() principal: Principal, @Query() query: DeskOrdersQuery): Promise<object> {
    return pageAnswer(await this.reading.list(principal, ordersQuery(query)));
  }

  @Get('orders/:orderNumber')
  @EnterBy('desk.read')
  @ApiOperation({ summary: '请求单全文（明文；查阅留痕）' })
  @ApiParam(NUMBER_PARAM)
  @ApiOkResponse({ schema: { example: DETAIL_EXAMPLE } })
  @ApiResponse({ status: 404, description: '`not-found`' })
  detail(@Caller() principal: Principal, @Param('orderNumber') orderNumber: string): Promise<object> {
    return this.reading.detail(principal, orderNumber);
  }

  @Get('orders/:orderNumber/documents')
  @EnterBy('desk.documents.read')
  @ApiOperation({ summary: '法律文书原件（Base64；查阅留痕）' })
  @ApiParam(NUMBER_PARAM)
  @ApiOkResponse({ schema: { example: DOCUMENTS_EXAMPLE } })
  @ApiResponse({ status: 404, description: '`not-found`' })
  documents(@Caller() principal: Principal, @Param('orderNumber') orderNumber: string): Promise<object> {
    return this.reading.documents(principal, orderNumber);
  }

  /** Nothing in the page runs or is fetched, whatever stands in the order. */
  @Get('orders/:orderNumber/print')
  @EnterBy('desk.documents.read')
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox allow-modals")
  @Header('x-content-type-options', 'nosniff')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: '柜面办理用打印页：请求单、签章核验结果、证件（明文；查阅留痕）' })
  @ApiParam(NUMBER_PARAM)
  @ApiProduces('text/html')
  @ApiOkResponse({ schema: { type: 'string', example: '<!doctype html>…' } })
  @ApiResponse({ status: 404, description: '`not-found`' })
  print(@Caller() principal: Principal, @Param('orderNumber') orderNumber: string): Promise<string> {
    return this.printing.page(principal, orderNumber);
  }

  @Get('register')
  @EnterBy('desk.register.read')
  @ApiOperation({ summary: '协助执行登记簿' })
  @ApiOkResponse({ schema: { example: LIST_EXAMPLE } })
  @ApiResponse({ status: 400, description: '`invalid`' })
  async register(@Caller() principal: Principal, @Query() query: DeskRegisterQuery): Promise<object> {
    return pageAnswer(await this.reading.list(principal, registerQuery(query)));
  }
}
