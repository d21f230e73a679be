import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, Matches } from 'class-validator';
import { AppError } from '#kernel';

const NUMBER = /^(?:0|[1-9]\d{0,15})$/;
const NOT_A_NUMBER = { message: '必须是十进制非负整数' };

export class InclusionQuery {
  @ApiProperty({ type: 'integer', example: 5, description: '叶的序号，从 0 起' })
  @Matches(NUMBER, NOT_A_NUMBER)
  index!: string;

  @ApiPropertyOptional({ type: 'integer', example: 300, description: '账本大小；默认为当前检查点' })
  @IsOptional()
  @Matches(NUMBER, NOT_A_NUMBER)
  size?: string;
}

export class ConsistencyQuery {
  @ApiProperty({ type: 'integer', example: 100 })
  @Matches(NUMBER, NOT_A_NUMBER)
  from!: string;

  @ApiPropertyOptional({ type: 'integer', example: 300, description: '默认为当前检查点' })
  @IsOptional()
  @Matches(NUMBER, NOT_A_NUMBER)
  to?: string;
}

/** A decimal number of the path or query. @throws AppError `invalid` */
export function wholeNumber(text: string, name: string): number {
  const value = NUMBER.test(text) ? Number(text) : NaN;
  if (Number.isSafeInteger(value)) return value;
  throw new AppError('invalid', `${name} ${NOT_A_NUMBER.message}`, { errors: [{ pointer: `/${name}`, detail: NOT_A_NUMBER.message }] });
}

/** The year of a path such as `/ledger/2026/checkpoint`; absent for the current log. @throws AppError `not-found` */
export function yearOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{4}$/.test(text)) return Number(text);
  throw new AppError('not-found', '没有该年度的账本');
}
