import { Controller, Get, Header, Param, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { AppError } from '#kernel';
import { parseTilePath, tilePath } from '#merkle';
import { PublishedLogs } from '../../use-cases/prove-entries/published-logs.js';
import { yearOf } from './queries.js';

const TEXT = 'text/plain; charset=utf-8';
/** The checkpoint moves every second; tiles never change (C2SP tlog-tiles, "APIs"). */
const FRESH = 'public, max-age=1';
const FOR_EVER = 'public, max-age=31536000, immutable';

/** The files of a log, open to everybody. Without a year in the path: the current log. */
@ApiTags('ledger')
@Controller()
export class LogFilesController {
  constructor(private readonly logs: PublishedLogs) {}

  @Get(['ledger/checkpoint', 'ledger/:year/checkpoint'])
  @Header('content-type', TEXT)
  @Header('cache-control', FRESH)
  @ApiOperation({ summary: '当前检查点（C2SP tlog-checkpoint，签名笔记）' })
  @ApiOkResponse({
    content: {
      'text/plain': {
        schema: { type: 'string' },
        example: 'gateway.420106/ledger/2026\n15\nrKbD…83cs=\n\n— gateway.420106/ledger/2026 M9e0…ewI=\n',
      },
    },
  })
  async checkpoint(@Param('year') year?: string): Promise<string> {
    return (await this.file(yearOf(year), 'checkpoint')).toString('utf8');
  }

  @Get(['ledger/vkey', 'ledger/:year/vkey'])
  @Header('content-type', TEXT)
  @Header('cache-control', FRESH)
  @ApiOperation({ summary: '账本的验证公钥（C2SP signed-note，一行）' })
  @ApiOkResponse({ content: { 'text/plain': { schema: { type: 'string' }, example: 'gateway.420106/ledger/2026+33d7b496+AeHT…kkSx\n' } } })
  async vkey(@Param('year') year?: string): Promise<string> {
    return (await this.file(yearOf(year), 'vkey')).toString('utf8');
  }

  @Get(['ledger/tile/*', 'ledger/:year/tile/*'])
  @Header('content-type', 'application/octet-stream')
  @Header('cache-control', FOR_EVER)
  @ApiOperation({ summary: '哈希块与叶块（C2SP tlog-tiles：tile/<L>/<N>[.p/<W>]、tile/entries/<N>[.p/<W>]）' })
  @ApiParam({ name: 'path', example: '0/000.p/15' })
  @ApiOkResponse({ content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } } })
  async tile(@Req() request: FastifyRequest, @Param('year') year?: string): Promise<Buffer> {
    const path = request.url.replace(/\?.*$/s, '');
    const address = parseTilePath(path.slice(path.indexOf('/tile/') + 1));
    return this.file(yearOf(year), tilePath(address));
  }

  private async file(year: number | undefined, path: string): Promise<Buffer> {
    const bytes = await this.logs.of(year).folder.read(path);
    if (!bytes) throw new AppError('not-found', '账本中没有该块');
    return bytes;
  }
}
