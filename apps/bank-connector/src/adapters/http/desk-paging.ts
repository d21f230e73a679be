import { AppError, endOfLegalDate, isLegalDate, startOfLegalDate } from '#kernel';
import type { DeskQuery } from '../store/desk-rows.js';
import type { DeskPage } from '../../use-cases/read-desk/read-desk.js';
import { PAGE_SIZE, PAGE_SIZE_MAX, type DeskOrdersQuery, type DeskPageQuery, type DeskRegisterQuery } from './desk-bodies.js';

export function ordersQuery(query: DeskOrdersQuery): DeskQuery {
  return { ...pageOf(query), ...(query.status === undefined ? {} : { status: query.status }) };
}

export function registerQuery(query: DeskRegisterQuery): DeskQuery {
  return {
    ...pageOf(query),
    ...(query.from === undefined ? {} : { from: startOfLegalDate(dateOf(query.from, '/from')) }),
    ...(query.to === undefined ? {} : { until: endOfLegalDate(dateOf(query.to, '/to')) }),
  };
}

export function pageAnswer({ items, next }: DeskPage): object {
  return { items, nextCursor: next ? Buffer.from(`${next.at}.${next.orderNumber}`, 'utf8').toString('base64url') : null };
}

function pageOf({ limit: asked, cursor }: DeskPageQuery): DeskQuery {
  const limit = Number(asked ?? PAGE_SIZE);
  if (limit > PAGE_SIZE_MAX) throw wrong('/limit', `不得超过${PAGE_SIZE_MAX}`);
  if (cursor === undefined) return { limit };
  const [, at, orderNumber] = /^(\d{1,15})\.([\w-]{1,40})$/.exec(Buffer.from(cursor, 'base64url').toString('utf8')) ?? [];
  if (at === undefined || orderNumber === undefined) throw wrong('/cursor', '不是有效的游标');
  return { limit, after: { at: Number(at), orderNumber } };
}

function dateOf(text: string, pointer: string): string {
  if (isLegalDate(text)) return text;
  throw wrong(pointer, '不是有效的日期');
}

function wrong(pointer: string, detail: string): AppError {
  return new AppError('invalid', `${pointer} ${detail}`, { errors: [{ pointer, detail }] });
}
