import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { SIM_ACCESS, type SimAccess } from '../../sim-ports.js';

/** Everything under /sim shows and changes what only an administrator of the demo may see and change. */
@Injectable()
export class AdminGuard implements CanActivate {
  constructor(@Inject(SIM_ACCESS) private readonly access: SimAccess) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    await this.access.assertAdmin(context.switchToHttp().getRequest<FastifyRequest>().headers.authorization);
    return true;
  }
}
