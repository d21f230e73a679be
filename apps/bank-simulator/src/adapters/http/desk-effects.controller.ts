import { Body, Controller, HttpCode, Inject, Param, Post, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { AppError, type RealTime } from '#kernel';
import { ORDER_ACTIONS } from '../../book/model.js';
import { BankCores } from '../../banks/bank-cores.js';
import { DeskEffects, type DeskEffect, type DeskEffectView, type MoneyText } from '../../banks/desk-effects.js';
import { REAL_TIME } from '../../sim-ports.js';
import { AdminGuard } from './admin.guard.js';
import { BodyReader, type Members } from './body-reader.js';

const NUMBER_MAX = 40;
const TEXT_MAX = 200;
const SEQ_MAX = 10_000;
/** No clerk waits longer before a screen that hangs. */
const SCREEN_MS_MAX = 30_000;

/** The screen of the core at which the clerks of a manual desk carry out what an order asks. */
@ApiExcludeController()
@Controller('sim/:bank/effects')
@UseGuards(AdminGuard)
export class DeskEffectsController {
  constructor(
    @Inject(DeskEffects) private readonly effects: DeskEffects,
    @Inject(BankCores) private readonly cores: BankCores,
    @Inject(REAL_TIME) private readonly time: RealTime,
  ) {}

  @Post()
  @HttpCode(200)
  async type(@Param('bank') bank: string, @Body() body: unknown): Promise<DeskEffectView> {
    if (!this.cores.bank(bank).desk) throw new AppError('not-found', '该银行没有人工办理台');
    const effect = readEffect(body);
    const { down, latencyMs } = this.cores.faultsOf(bank);
    if (down) throw new AppError('unavailable', '银行核心系统不可用', { retryable: true });
    if (latencyMs) await this.time.realSleep(Math.min(latencyMs, SCREEN_MS_MAX));
    return this.effects.type(bank, effect);
  }
}

function readEffect(body: unknown): DeskEffect {
  const reader = new BodyReader();
  const members = reader.members(body, '');
  const action = reader.oneOf(members['action'], '/action', ORDER_ACTIONS, 'inquire');
  const seq = members['seq'] ?? (action === 'inquire' ? 0 : undefined);
  if (typeof seq !== 'number' || !Number.isInteger(seq) || seq < (action === 'inquire' ? 0 : 1) || seq > SEQ_MAX)
    reader.wrong('/seq', '必须是序号');
  const effect: DeskEffect = {
    orderNumber: reader.text(members['orderNumber'], '/orderNumber', NUMBER_MAX),
    seq: Number(seq),
    action,
    account: action === 'inquire' ? undefined : reader.text(members['account'], '/account', NUMBER_MAX),
    amount: readAmount(reader, members, action === 'freeze' || action === 'deduct'),
    to: reader.date(members['to'], '/to'),
    authority: reader.optionalText(members['authority'], '/authority', TEXT_MAX),
    document: reader.optionalText(members['document'], '/document', TEXT_MAX),
    original: readOriginal(reader, members['original']),
    courtAccount: readCourtAccount(reader, members['courtAccount']),
  };
  reader.finish();
  return effect;
}

/** The amount is read once more when the account, and with it the currency, is known. */
function readAmount(reader: BodyReader, members: Members, needed: boolean): MoneyText | undefined {
  const given = members['amount'];
  if (given === undefined || given === null) {
    if (needed) reader.wrong('/amount', '必须填写金额');
    return undefined;
  }
  return (currency) => {
    const strict = new BodyReader();
    const amount = strict.money(given, '/amount', currency);
    if (amount <= 0n) strict.wrong('/amount', '必须大于 0');
    strict.finish();
    return amount;
  };
}

function readOriginal(reader: BodyReader, value: unknown): DeskEffect['original'] {
  if (value === undefined || value === null) return undefined;
  const members = reader.members(value, '/original');
  const seq = members['seq'];
  return {
    orderNumber: reader.text(members['orderNumber'], '/original/orderNumber', NUMBER_MAX),
    line: typeof seq === 'number' ? seq : undefined,
  };
}

function readCourtAccount(reader: BodyReader, value: unknown): DeskEffect['courtAccount'] {
  if (value === undefined || value === null) return undefined;
  const members = reader.members(value, '/courtAccount');
  return {
    name: reader.text(members['name'], '/courtAccount/name', TEXT_MAX),
    number: reader.text(members['number'], '/courtAccount/number', NUMBER_MAX),
    bankNumber: reader.text(members['bankNumber'], '/courtAccount/bankNumber', NUMBER_MAX),
  };
}
