import { Get, Inject, Param, Query } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, Matches } from 'class-validator';
import type { Principal } from '#access';
import { Day, PageQuery, pageStart, Reads, Text } from '#http';
import { ShowStatements } from '../../use-cases/show-statements/show-statements.js';
import { ApiController, CurrentPrincipal, Enter } from './principal.js';
import { STATEMENT_EXAMPLE, STATEMENT_SUMMARY_EXAMPLE } from './statement-examples.js';

export class StatementListQuery extends PageQuery {
  @Text({ max: 40, optional: true, description: '银行代码', example: 'hubeibank' })
  bank?: string;

  @Day({ optional: true, description: '营业日' })
  date?: string;
}

export class StatementQuery {
  @IsOptional()
  @Matches(/^[1-9]\d{0,5}$/, { message: '是正整数' })
  @ApiPropertyOptional({ type: 'integer', description: '版本；默认为最新一版' })
  version?: string;
}

@ApiController('statements', '日终对账')
export class StatementsController {
  constructor(@Inject(ShowStatements) private readonly statements: ShowStatements) {}

  @Get()
  @Enter('statement.list')
  @Reads({
    summary: '各银行各营业日的对账单，新的在前',
    description:
      '每个营业日列最新一版。bankSide：stated 已与银行核对，awaited 银行尚未提供，absent 该行的对接方式不提供；后两种没有 differences。银行人员只见本行的。',
    example: { items: [STATEMENT_SUMMARY_EXAMPLE], nextCursor: null },
  })
  list(@Query() query: StatementListQuery, @CurrentPrincipal() principal: Principal) {
    const { bank, date: day } = query;
    return this.statements.list(
      principal,
      { ...(bank === undefined ? {} : { bank }), ...(day === undefined ? {} : { day }) },
      pageStart(query),
    );
  }

  @Get(':bank/:date')
  @Enter('statement.read')
  @Reads({
    summary: '一份对账单：签名的内容、签名与可读文本',
    description:
      'signature.value 是法院密钥 keyId 对 signature.over 的 UTF-8 字节（即 statement 的 RFC 8785 规范形式）的 Ed25519 签名。versions 列出该日所有版本；statement.previous 是上一版字节的 SHA-256。',
    example: STATEMENT_EXAMPLE,
    errors: ['not-found'],
  })
  one(
    @Param('bank') bank: string,
    @Param('date') date: string,
    @Query() { version }: StatementQuery,
    @CurrentPrincipal() principal: Principal,
  ) {
    return this.statements.one(principal, bank, date, version === undefined ? undefined : Number(version));
  }
}
