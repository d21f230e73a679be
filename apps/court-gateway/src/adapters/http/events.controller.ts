import { Get, Headers, Inject, Param, Req, Res } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Principal } from '#access';
import { Reads, stayOpen } from '#http';
import { AppError } from '#kernel';
import { StreamEvents } from '../../use-cases/stream-events/stream-events.js';
import { invalidAt } from './base64.js';
import { ApiController, CurrentPrincipal, Enter } from './principal.js';

const EVENT_ID = /^\d{1,12}$/;

@ApiController('', '事件')
export class EventsController {
  constructor(@Inject(StreamEvents) private readonly streams: StreamEvents) {}

  @Get('requests/:id/events')
  @Enter('request.events.read')
  @Reads({
    summary: '一个请求的变化（Server-Sent Events）',
    description:
      '每个变化一条，id 从1起连续编号；带 Last-Event-ID 时从其后继续。event：order（请求单状态）、status（请求状态）、approval、measure、payment。',
    binary: 'text/event-stream',
    errors: ['not-found'],
  })
  @ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    description: '已收到的最后一条的 id',
    schema: { type: 'string', pattern: '^\\d+$' },
  })
  async ofRequest(
    @Param('id') id: string,
    @Headers('last-event-id') last: string | undefined,
    @CurrentPrincipal() principal: Principal,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (last !== undefined && last !== '' && !EVENT_ID.test(last)) throw invalidAt('/Last-Event-ID', '不是事件的编号');
    await this.streams.admit(principal, id);
    reply.hijack();
    stayOpen(request);
    const { raw } = reply;
    raw.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      connection: 'keep-alive',
      'x-accel-buffering': 'no',
    });
    const close = this.streams.open(principal, id, Number(last === undefined || last === '' ? 0 : last), {
      write: (text) => raw.writableEnded || raw.write(text),
      drained: () => drained(raw),
      end: () => raw.end(),
    });
    raw.on('close', close);
  }

  @Get('events')
  @Enter('event-feed.read')
  @Reads({ summary: '案件事件总线（尚未提供）', status: 501, errors: ['not-implemented'] })
  feed(): never {
    throw new AppError('not-implemented', '事件总线尚未提供');
  }
}

/** Resolves when the reader has taken what was written, or is gone. */
function drained(raw: FastifyReply['raw']): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      raw.off('drain', done);
      raw.off('close', done);
      resolve();
    };
    raw.on('drain', done);
    raw.on('close', done);
  });
}
