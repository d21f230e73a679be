import { Get, Inject } from '@nestjs/common';
import { Reads } from '#http';
import { ShowBanks } from '../../use-cases/show-banks/show-banks.js';
import { ApiController, Enter } from './principal.js';

const EXAMPLE = {
  items: [
    {
      bank: 'hubeibank',
      name: '湖北银行',
      dialect: 'realtime-json',
      state: 'active',
      legalPersons: [{ code: 'hubeibank', name: '湖北银行股份有限公司' }],
      abilities: {
        actions: ['inquire', 'freeze', 'renew', 'release', 'deduct'],
        scopes: ['funds', 'account'],
        propertyKinds: ['deposit', 'other'],
        transactions: true,
        partialDeduct: true,
        notices: true,
      },
      breaker: 'closed',
      calendar: { open: true, opensAt: null },
      service: { answerMsP50: 120, answerMsP95: 410, sample: 1000, unanswered: 2, overdue: 0, undetermined: 0 },
    },
  ],
};

@ApiController('banks', '银行')
export class BanksController {
  constructor(@Inject(ShowBanks) private readonly showBanks: ShowBanks) {}

  @Get()
  @Enter('bank.list')
  @Reads({
    summary: '各银行的能力与服务情况',
    description:
      '答复时间自发出（可取）至答复，毫秒，取最近一千单；breaker 为熔断状态（closed、half-open、open，none 表示不由本院呼叫）；calendar 为服务时间：不在服务时间内的，请求单留在本院（waiting），opensAt 为下次开放时间。',
    example: EXAMPLE,
  })
  async list() {
    return { items: await this.showBanks.all() };
  }
}
