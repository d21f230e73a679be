import { Controller, Get, Header, Headers, Param, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { statusOf } from '#http';
import { leafHash } from '#merkle';
import { EntryProofs } from '../../use-cases/prove-entries/prove-entries.js';
import { PublishedLogs } from '../../use-cases/prove-entries/published-logs.js';
import { SearchEntries, type CoveredEntry, type EntryExport } from '../../use-cases/search-entries/search-entries.js';
import { ENTRY_EXAMPLE, EXPORT_EXAMPLE, SEARCH_EXAMPLE } from './entry-examples.js';
import { LedgerAccess } from './ledger-access.js';
import { wholeNumber, yearOf } from './queries.js';
import { cursorOf, EntryPageQuery, EntryQuestionQuery, pageOf, questionOf } from './search-query.js';

/** One problem document a status, with its stable codes. */
export const problem = (...codes: readonly string[]): MethodDecorator =>
  ApiResponse({
    status: statusOf(codes[0] ?? ''),
    description: codes.join('、'),
    content: {
      'application/problem+json': {
        schema: { type: 'object', required: ['type', 'title', 'status', 'code', 'detail'] },
        examples: Object.fromEntries(
          codes.map((code) => [
            code,
            { value: { type: 'about:blank', title: code, status: statusOf(code), code, detail: '中文说明，供人阅读；程序只看 code' } },
          ]),
        ),
      },
    },
  });

/** Entries for auditors: one by its index, or all that a search finds, with what covers them. */
@ApiTags('ledger')
@ApiBearerAuth()
@Controller()
export class EntriesController {
  constructor(
    private readonly logs: PublishedLogs,
    private readonly entries: SearchEntries,
    private readonly access: LedgerAccess,
  ) {}

  @Get(['ledger/v1/entries', 'ledger/:year/v1/entries'])
  @ApiOperation({
    summary: '按请求单号、案号、行为人、类型、时间检索叶（审计员），最新在前',
    description:
      '不带年度时检索所有年度的账本。每条叶附覆盖它的检查点及已签署的见证者。检索条件是账本之外的私有属性，不进入账本；结果以叶和证明为准。',
  })
  @ApiOkResponse({ example: SEARCH_EXAMPLE })
  @problem('invalid')
  @problem('unauthenticated')
  @problem('forbidden')
  @problem('not-found')
  async search(
    @Headers('authorization') authorization: string | undefined,
    @Query() query: EntryPageQuery,
    @Param('year') year?: string,
  ): Promise<Record<string, unknown>> {
    await this.access.assertMayReadEntries(authorization);
    const { limit, after } = pageOf(query);
    const { items, next } = await this.entries.page(questionOf(query, this.known(year)), limit, after);
    return { items: items.map(itemOf), nextCursor: cursorOf(next) };
  }

  @Get(['ledger/v1/entries/proofs', 'ledger/:year/v1/entries/proofs'])
  @Header('content-disposition', 'attachment; filename="chakong-proof.json"')
  @ApiOperation({
    summary: '检索结果全部叶的证明，一个文件（chakong-proof/v1，审计员）',
    description: '至多 2000 条，超过时 413，请缩小时间范围。一个文件只对应一个年度的账本；结果跨年度时 400，请按 /ledger/<year>/ 导出。',
  })
  @ApiOkResponse({ example: EXPORT_EXAMPLE })
  @problem('invalid')
  @problem('unauthenticated')
  @problem('forbidden')
  @problem('not-found')
  @problem('too-large')
  async export(
    @Headers('authorization') authorization: string | undefined,
    @Query() query: EntryQuestionQuery,
    @Param('year') year?: string,
  ): Promise<EntryExport> {
    await this.access.assertMayReadEntries(authorization);
    return this.entries.export(questionOf(query, this.known(year)));
  }

  @Get(['ledger/v1/entries/:index', 'ledger/:year/v1/entries/:index'])
  @ApiOperation({ summary: '一条叶（审计员）' })
  @ApiOkResponse({ example: ENTRY_EXAMPLE })
  @problem('invalid')
  @problem('unauthenticated')
  @problem('forbidden')
  @problem('not-found')
  async entry(
    @Headers('authorization') authorization: string | undefined,
    @Param('index') index: string,
    @Param('year') year?: string,
  ): Promise<Record<string, unknown>> {
    await this.access.assertMayReadEntries(authorization);
    const log = this.logs.of(yearOf(year));
    const number = wholeNumber(index, 'index');
    const bytes = await new EntryProofs(log).entry(number);
    return { origin: log.head.origin, index: number, leafHash: leafHash(bytes).toString('base64'), ...leafOf(bytes) };
  }

  /** A year that has a log. @throws AppError `not-found` */
  private known(text: string | undefined): number | undefined {
    const year = yearOf(text);
    return year === undefined ? undefined : this.logs.of(year).head.year;
  }
}

function itemOf({ entry, coveredBy }: CoveredEntry): Record<string, unknown> {
  const { actor, order_number: orderNumber, case_number: caseNumber, request_id: requestId } = entry;
  return {
    origin: coveredBy.origin,
    index: entry.log_index,
    leafHash: Buffer.from(entry.leaf_hash, 'hex').toString('base64'),
    at: entry.happened_at,
    ...(actor === null ? {} : { actor }),
    ...(orderNumber === null ? {} : { orderNumber }),
    ...(caseNumber === null ? {} : { caseNumber }),
    ...(requestId === null ? {} : { requestId }),
    ...leafOf(entry.leaf),
    coveredBy,
  };
}

function leafOf(bytes: Buffer): { readonly leaf: unknown; readonly bytes: string } {
  return { leaf: JSON.parse(bytes.toString('utf8')) as unknown, bytes: bytes.toString('base64') };
}
