import { IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { AppError, type Instant } from '#kernel';
import type { SqlValue } from '#persistence';

export const PAGE_SIZE = 50;
export const PAGE_SIZE_MAX = 500;
const CURSOR_LENGTH_MAX = 300;

/** `?limit=&cursor=` of every list. Query classes extend it. */
export class PageQuery {
  @IsOptional()
  @Matches(/^[1-9]\d{0,2}$/, { message: `是1到${PAGE_SIZE_MAX}的整数` })
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: PAGE_SIZE_MAX, default: PAGE_SIZE, description: '每页条数' })
  limit?: string;

  @IsOptional()
  @IsString()
  @MaxLength(CURSOR_LENGTH_MAX)
  @ApiPropertyOptional({ description: '上一页答复中的 nextCursor' })
  cursor?: string;
}

/** Where a page begins: after the row with this time and id, newest first. */
export interface PageStart {
  readonly limit: number;
  readonly after?: { readonly at: Instant; readonly id: string };
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

/** @throws AppError `invalid` for a limit above the maximum or a cursor that no list of ours has given */
export function pageStart(query: PageQuery): PageStart {
  const limit = Number(query.limit ?? PAGE_SIZE);
  if (limit > PAGE_SIZE_MAX) throw badQuery('/limit', `不得超过${PAGE_SIZE_MAX}`);
  return query.cursor === undefined ? { limit } : { limit, after: readCursor(query.cursor) };
}

function readCursor(cursor: string): { at: Instant; id: string } {
  const match = /^(\d{1,15})\.([\x21-\x7e]{1,100})$/.exec(Buffer.from(cursor, 'base64url').toString('utf8'));
  if (!match?.[1] || !match[2]) throw badQuery('/cursor', '不是有效的游标');
  return { at: Number(match[1]), id: match[2] };
}

function badQuery(pointer: string, detail: string): AppError {
  return new AppError('invalid', `${pointer} ${detail}`, { errors: [{ pointer, detail }] });
}

/**
 * The part of a query that takes up where the last page ended, over an index on (time, id). Ask for `limit + 1` rows: the one too
 * many says that there is a next page.
 */
export function afterClause(start: PageStart, at: string, id: string): { readonly sql: string; readonly params: readonly SqlValue[] } {
  if (!start.after) return { sql: '', params: [] };
  return { sql: ` AND (${at} < ? OR (${at} = ? AND ${id} < ?))`, params: [start.after.at, start.after.at, start.after.id] };
}

/** Cuts the row too many off and makes the cursor of the next page from the last row shown. */
export function cutPage<R>(rows: readonly R[], start: PageStart, keyOf: (row: R) => { at: Instant; id: string }) {
  const shown = rows.slice(0, start.limit);
  const last = shown.at(-1);
  if (rows.length <= start.limit || !last) return { rows: shown, nextCursor: null };
  const { at, id } = keyOf(last);
  return { rows: shown, nextCursor: Buffer.from(`${at}.${id}`, 'utf8').toString('base64url') };
}
