import { Body, Get, Inject, Param, Put } from '@nestjs/common';
import { Parts, Reads, Text, Version, WritesOnce } from '#http';
import type { Reader } from '#persistence';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';
import { RegisterCourtAccounts } from '../../use-cases/register-court-accounts/register-court-accounts.js';
import { Vault } from '../../vault.js';
import { notFound } from '../store/case-rows.js';
import { findCourt, registeredAccounts, type RegisteredAccount } from '../store/court-rows.js';
import { ApiController, Enter } from './principal.js';
import { Write, Writes, type WriteCall } from './writes.js';

const ACCOUNTS_MAX = 100;
const COURT_CODE = /^[A-Za-z0-9]{1,40}$/;

export class RegisteredAccountBody {
  @Text({ max: 100, description: '执行款专户户名', example: '武昌区法院执行款专户' })
  name!: string;

  @Text({ max: 30, description: '开户行行号', example: '313521000000' })
  bankNumber!: string;

  @Text({ max: 100, optional: true, example: '汉口银行' })
  bankName?: string;
}

export class CourtAccountsBody {
  @Version({ optional: true })
  version?: number;

  @Text({ max: 100, optional: true, description: '法院名称，首次登记时必填', example: '武汉市武昌区人民法院' })
  name?: string;

  @Parts(() => RegisteredAccountBody, { min: 0, max: ACCOUNTS_MAX })
  accounts!: RegisteredAccountBody[];

  @Text({ max: 500, optional: true })
  reason?: string;
}

const EXAMPLE = {
  code: '420106',
  name: '武汉市武昌区人民法院',
  version: 1,
  accounts: [{ name: '武昌区法院执行款专户', bankNumber: '313521000000', bankName: '湖北银行' }],
};

@ApiController('courts', '法院账户登记')
export class CourtsController {
  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(Writes) private readonly writes: Writes,
    @Inject(RegisterCourtAccounts) private readonly register: RegisterCourtAccounts,
  ) {}

  @Get(':code/accounts')
  @Enter('court-accounts.write')
  @Reads({ summary: '法院执行款专户登记簿', example: EXAMPLE, errors: ['not-found'] })
  read(@Param('code') code: string) {
    return this.view(this.parts.database.reader, code);
  }

  @Put(':code/accounts')
  @Enter('court-accounts.write')
  @WritesOnce({
    summary: '替换法院执行款专户登记簿',
    description: '登记户名与行号；其下的案件账号自由编排（一案一账号）。',
    example: EXAMPLE,
    errors: ['stale-version', 'not-found'],
  })
  replace(@Param('code') code: string, @Body() body: CourtAccountsBody, @Write() call: WriteCall) {
    if (!COURT_CODE.test(code)) throw notFound();
    const accounts = body.accounts.map(({ name, bankNumber, bankName }): RegisteredAccount => {
      return { name, bankNumber, ...(bankName === undefined ? {} : { bankName }) };
    });
    return this.writes.run(call, () =>
      Promise.resolve({
        work: async (tx) => {
          const { name, version } = body;
          const optional = { ...(name === undefined ? {} : { name }), ...(version === undefined ? {} : { version }) };
          await this.register.replace(tx, { code, accounts, ...optional }, call.principal.userId);
          return { status: 200, body: await this.view(tx, code) };
        },
      }),
    );
  }

  private async view(reader: Reader, code: string) {
    const court = await findCourt(reader, code);
    if (!court) throw notFound();
    return { code: court.code, name: court.name, version: court.version, accounts: await registeredAccounts(reader, this.vault, code) };
  }
}
