import { Readable } from 'node:stream';
import { Get, Inject, Query, StreamableFile } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, Matches } from 'class-validator';
import type { Principal } from '#access';
import { Reads } from '#http';
import type { Relay } from '#messaging';
import { GATEWAY_RELAY } from '../../gateway-parts.js';
import { ExportOrders } from '../../use-cases/export-orders/export-orders.js';
import { ApiController, CurrentPrincipal, Enter } from './principal.js';

export class OrderExportQuery {
  @IsOptional()
  @Matches(/^\d{4}$/, { message: '是四位年份' })
  @ApiPropertyOptional({ example: '2026', description: '账本年度；默认为当前账本' })
  year?: string;
}

/** The orders as the court knows them, for auditors who hold them against the ledger. */
@ApiController('orders/export', '请求单')
export class OrderExportController {
  constructor(
    @Inject(ExportOrders) private readonly orders: ExportOrders,
    @Inject(GATEWAY_RELAY) private readonly relay: Relay,
  ) {}

  @Get()
  @Enter('order.export')
  @Reads({
    summary: '请求单导出（chakong-orders/v1，审计员），留痕',
    description: 'JSON Lines，逐行给出；只含请求单号、事实类型和叶哈希。用 npm run -s verify -- --log … --orders <文件> 与账本双向核对。',
    binary: 'application/x-ndjson',
    errors: ['not-found', 'unavailable'],
  })
  async export(@Query() query: OrderExportQuery, @CurrentPrincipal() principal: Principal): Promise<StreamableFile> {
    const { year, lines } = await this.orders.execute(principal, query.year === undefined ? undefined : Number(query.year));
    this.relay.nudge();
    return new StreamableFile(Readable.from(lines), {
      type: 'application/x-ndjson',
      disposition: `attachment; filename="chakong-orders-${year}.jsonl"`,
    });
  }
}
