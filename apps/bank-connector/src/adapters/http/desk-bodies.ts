import { IsIn, IsOptional, IsString, Matches, MaxLength, ValidateIf } from 'class-validator';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { DESK_STATUSES, type DeskStatus } from '../store/desk-rows.js';

export const PAGE_SIZE = 50;
export const PAGE_SIZE_MAX = 500;

const LIMIT = { type: 'integer', minimum: 1, maximum: PAGE_SIZE_MAX, default: PAGE_SIZE, description: '每页条数' } as const;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

export class DeskPageQuery {
  @IsOptional()
  @Matches(/^[1-9]\d{0,2}$/, { message: `是1到${PAGE_SIZE_MAX}的整数` })
  @ApiPropertyOptional(LIMIT)
  limit?: string;

  @IsOptional()
  @IsString()
  @MaxLength(200)
  @ApiPropertyOptional({ description: '上一页答复中的 nextCursor' })
  cursor?: string;
}

export class DeskOrdersQuery extends DeskPageQuery {
  @IsOptional()
  @IsIn(DESK_STATUSES, { message: `必须是 ${DESK_STATUSES.join('、')} 之一` })
  @ApiPropertyOptional({ enum: DESK_STATUSES, description: 'received：待经办录入' })
  status?: DeskStatus;
}

export class DeskRegisterQuery extends DeskPageQuery {
  @IsOptional()
  @Matches(DATE, { message: '必须是 YYYY-MM-DD 的日期' })
  @ApiPropertyOptional({ format: 'date', description: '收到日期，起（含）' })
  from?: string;

  @IsOptional()
  @Matches(DATE, { message: '必须是 YYYY-MM-DD 的日期' })
  @ApiPropertyOptional({ format: 'date', description: '收到日期，止（含）' })
  to?: string;
}

export class ReviewBody {
  @IsIn(['approve', 'reject'], { message: '必须是 approve 或 reject' })
  @ApiProperty({ enum: ['approve', 'reject'] })
  decision!: 'approve' | 'reject';

  @ValidateIf((body: ReviewBody) => body.decision === 'reject' || body.reason !== undefined)
  @IsString({ message: '退回须说明理由' })
  @MaxLength(500)
  @Matches(/\S/, { message: '退回须说明理由' })
  @ApiPropertyOptional({ maxLength: 500, description: '退回时必填' })
  reason?: string;
}
