import { Get, Inject, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiResponse } from '@nestjs/swagger';
import type { Principal } from '#access';
import { Caller, EnterBy } from '#http';
import { BankHosts } from '../../bank-hosts.js';
import { Desks } from '../../use-cases/read-desk/desks.js';
import { ReadDesk } from '../../use-cases/read-desk/read-desk.js';
import { DeskOrdersQuery, DeskRegisterQuery } from './desk-bodies.js';
import { DETAIL_EXAMPLE, DOCUMENTS_EXAMPLE, LIST_EXAMPLE, NUMBER_PARAM } from './desk-examples.js';
import { ordersQuery, pageAnswer, registerQuery } from './desk-paging.js';
import { DeskController } from './principal.js';

/** What clerks read. */
@DeskController()
export class DeskReadController {
  private readonly reading: ReadDesk;

  constructor(@Inject(BankHosts) hosts: BankHosts) {
    this.reading = new ReadDesk(new Desks(hosts));
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

  @Get('register')
  @EnterBy('desk.register.read')
  @ApiOperation({ summary: '协助执行登记簿' })
  @ApiOkResponse({ schema: { example: LIST_EXAMPLE } })
  @ApiResponse({ status: 400, description: '`invalid`' })
  async register(@Caller() principal: Principal, @Query() query: DeskRegisterQuery): Promise<object> {
    return pageAnswer(await this.reading.list(principal, registerQuery(query)));
  }
}
