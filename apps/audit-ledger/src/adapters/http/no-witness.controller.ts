import { Controller, Post } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { AppError } from '#kernel';

/** Stands at the witness's address in a process that is none, and says so. */
@ApiTags('ledger')
@Controller()
export class NoWitnessController {
  @Post('ledger/witness/add-checkpoint')
  @ApiOperation({ summary: '见证签署（C2SP tlog-witness）；仅在本进程配置为见证者时可用' })
  @ApiResponse({ status: 501, description: 'not-implemented' })
  addCheckpoint(): never {
    throw new AppError('not-implemented', '本进程未配置为见证者');
  }
}
