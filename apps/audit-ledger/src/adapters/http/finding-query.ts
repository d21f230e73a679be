import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, Matches, MaxLength, MinLength } from 'class-validator';
import { AppError } from '#kernel';
import { MISUSE_RULES, type MisuseRule } from '#orders';
import type { FindingQuestion } from '../store/finding-rows.js';
import { CURSOR_MAX, PAGE_SIZE, PAGE_SIZE_MAX, periodOf, TEXT_MAX, WHEN } from './search-query.js';

const REASON_MAX = 500;
const YES_OR_NO = ['true', 'false'] as const;

/** What a list of findings may be narrowed by. All given conditions must hold. */
export class FindingQuery {
  @ApiPropertyOptional({ enum: MISUSE_RULES, description: '规则' })
  @IsOptional()
  @IsIn(MISUSE_RULES)
  rule?: MisuseRule;

  @ApiPropertyOptional({ example: '01961f5e-7c00-7000-8000-000000000001', description: '行为人：用户 id' })
  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(TEXT_MAX)
  actor?: string;

  @ApiPropertyOptional({ example: '2026-03-10', description: `最早：证据中最后一条的发生时间，${WHEN}` })
  @IsOptional()
  @IsString()
  @MaxLength(TEXT_MAX)
  from?: string;

  @ApiPropertyOptional({ example: '2026-03-11', description: `最晚：${WHEN}` })
  @IsOptional()
  @IsString()
  @MaxLength(TEXT_MAX)
  to?: string;

  @ApiPropertyOptional({ enum: YES_OR_NO, description: '是否已标记为误报；不带则全部' })
  @IsOptional()
  @IsIn(YES_OR_NO)
  marked?: (typeof YES_OR_NO)[number];

  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: PAGE_SIZE_MAX, default: PAGE_SIZE, description: '每页条数' })
  @IsOptional()
  @Matches(/^[1-9]\d{0,2}$/, { message: `是1到${PAGE_SIZE_MAX}的整数` })
  limit?: string;

  @ApiPropertyOptional({ description: '上一页答复中的 nextCursor' })
  @IsOptional()
  @IsString()
  @MaxLength(CURSOR_MAX)
  cursor?: string;
}

export class MarkBody {
  @ApiProperty({ maxLength: REASON_MAX, example: '经核实，系院里统一部署的夜间集中执行行动' })
  @IsString()
  @Matches(/\S/, { message: '须说明理由' })
  @MaxLength(REASON_MAX)
  reason!: string;
}

/** @throws AppError `invalid` for a time that is none, or an end before its beginning */
export function findingQuestionOf(query: FindingQuery): FindingQuestion {
  const { rule, actor, marked } = query;
  return { rule, actor, ...periodOf(query), marked: marked === undefined ? undefined : marked === 'true' };
}

/** @throws AppError `not-found` for what can be no finding's id */
export function findingId(text: string): string {
  if (/^[0-9a-f]{32}$/.test(text)) return text;
  throw new AppError('not-found', '未找到该线索');
}

export const FINDING_EXAMPLE = {
  id: '5f2b8c1e0a7d4f6390b1c2d3e4f50617',
  rule: 'outside-hours',
  name: '非工作时间查控',
  explanation: '同一人在同一天的非工作时间（含节假日）提出请求或查看个人信息达到3次。',
  actor: '01961f5e-7c00-7000-8000-000000000001',
  at: '2026-03-10T14:05:00.000Z',
  acts: 3,
  evidence: [
    { origin: 'gateway.420106/ledger/2026', index: 1203 },
    { origin: 'gateway.420106/ledger/2026', index: 1207 },
    { origin: 'gateway.420106/ledger/2026', index: 1211 },
  ],
  foundAt: '2026-03-10T14:05:01.000Z',
  mark: null,
};
