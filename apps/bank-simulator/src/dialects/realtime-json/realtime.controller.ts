import { Controller, Get, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '#kernel';
import { SIGNATURE_HEADER } from '../plain-json/message-signatures.js';
import type { CounterReply, RealtimeCounter } from './realtime-counter.js';

/** The counters of the banks that the court calls, by bank. */
export const REALTIME_COUNTERS = Symbol('RealtimeCounters');
export type RealtimeCounters = ReadonlyMap<string, RealtimeCounter>;

/** The bank's own address is `<origin>/bank/<bank>`; it knows nobody but the court, by its signature. */
@ApiExcludeController()
@Controller('bank/:bank/orders')
export class RealtimeController {
  constructor(@Inject(REALTIME_COUNTERS) private readonly counters: RealtimeCounters) {}

  @Post()
  async order(
    @Param('bank') bank: string,
    @Req() request: FastifyRequest & { rawBody?: Buffer },
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const signature = request.headers[SIGNATURE_HEADER];
    const counter = this.counter(bank);
    send(reply, await counter.order(request.rawBody ?? Buffer.alloc(0), typeof signature === 'string' ? signature : undefined));
  }

  @Get(':orderNumber')
  async status(@Param('bank') bank: string, @Param('orderNumber') orderNumber: string, @Res() reply: FastifyReply): Promise<void> {
    send(reply, await this.counter(bank).status(orderNumber));
  }

  private counter(bank: string): RealtimeCounter {
    const counter = this.counters.get(bank);
    if (!counter) throw new AppError('not-found', '该银行没有实时接口');
    return counter;
  }
}

function send(reply: FastifyReply, answer: CounterReply): void {
  if (answer.kind === 'broken') {
    reply.hijack();
    reply.raw.destroy();
  } else if (answer.kind === 'json') void reply.status(answer.status).send(answer.body);
  else
    void reply
      .status(200)
      .header('content-type', 'application/json; charset=utf-8')
      .header(SIGNATURE_HEADER, answer.signature)
      .send(answer.body);
}
