import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, Matches, MaxLength, MinLength } from 'class-validator';
import { AppError, endOfLegalDate, instantText, isLegalDate, parseInstant, startOfLegalDate } from '#kernel';
import type { EntryKey, EntryQuestion } from '../store/fact-search.js';

export const PAGE_SIZE = 50;
export const PAGE_SIZE_MAX = 500;
export const TEXT_MAX = 200;
export const CURSOR_MAX = 120;
export const WHEN = '日期（YYYY-MM-DD，北京时间，含当日）或 RFC 3339 时间';

/** What a search for entries may be narrowed by. All given conditions must hold. */
export class EntryQuestionQuery {
  @ApiPropertyOptional({ example: '202603104201060000000201', description: '请求单号' })
  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(TEXT_MAX)
  orderNumber?: string;

  @ApiPropertyOptional({ example: '(2026)鄂0106执1301号', description: '案号' })
  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(TEXT_MAX)
  caseNumber?: string;

  @ApiPropertyOptional({ example: '01961f5e-7c00-7000-8000-000000000001', description: '行为人：用户 id 或系统名' })
  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(TEXT_MAX)
  actor?: string;

  @ApiPropertyOptional({ example: 'party.revealed', description: '事实类型' })
  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(TEXT_MAX)
  type?: string;

  @ApiPropertyOptional({ example: '2026-03-10', description: `最早发生时间：${WHEN}` })
  @IsOptional()
  @IsString()
  @MaxLength(TEXT_MAX)
  from?: string;

  @ApiPropertyOptional({ example: '2026-03-11', description: `最晚发生时间：${WHEN}` })
  @IsOptional()
  @IsString()
  @MaxLength(TEXT_MAX)
  to?: string;
}

export class EntryPageQuery extends EntryQuestionQuery {
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

/** @throws AppError `invalid` for a time that is none, or an end before its beginning */
export function questionOf(query: EntryQuestionQuery, year: number | undefined): EntryQuestion {
  const { orderNumber, caseNumber, actor, type } = query;
  return { orderNumber, caseNumber, actor, type, ...periodOf(query), year };
}

/** @throws AppError `invalid` for a time that is none, or an end before its beginning */
export function periodOf(query: { readonly from?: string; readonly to?: string }): Pick<EntryQuestion, 'from' | 'to'> {
  const from = query.from === undefined ? undefined : instantText(whenOf('/from', query.from, startOfLegalDate));
  // The leaf's times have whole milliseconds, so the last of a day is one before the next day begins.
  const to = query.to === undefined ? undefined : instantText(whenOf('/to', query.to, (date) => endOfLegalDate(date) - 1));
  if (from !== undefined && to !== undefined && to < from) throw badQuery('/to', '早于 from');
  return { from, to };
}

/** @throws AppError `invalid` for a limit above the maximum or a cursor that no list of ours has given */
export function pageOf({ limit, cursor }: Pick<EntryPageQuery, 'limit' | 'cursor'>): { readonly limit: number; readonly after?: EntryKey } {
  const rows = Number(limit ?? PAGE_SIZE);
  if (rows > PAGE_SIZE_MAX) throw badQuery('/limit', `不得超过${PAGE_SIZE_MAX}`);
  return cursor === undefined ? { limit: rows } : { limit: rows, after: readCursor(cursor) };
}

export function cursorOf(key: EntryKey | undefined): string | null {
  return key === undefined ? null : Buffer.from(`${key.at}.${key.seq}`, 'utf8').toString('base64url');
}

function readCursor(cursor: string): EntryKey {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)\.(\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString('utf8'));
  if (!match?.[1]) throw badQuery('/cursor', '不是有效的游标');
  return { at: match[1], seq: Number(match[2]) };
}

function whenOf(pointer: string, text: string, dayOf: (date: string) => number): number {
  if (isLegalDate(text)) return dayOf(text);
  try {
    return parseInstant(text);
  } catch (error) {
    if (error instanceof AppError) throw badQuery(pointer, `是${WHEN}`);
    throw error;
  }
}

function badQuery(pointer: string, detail: string): AppError {
  return new AppError('invalid', `${pointer} ${detail}`, { errors: [{ pointer, detail }] });
}
