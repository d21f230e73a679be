import { Body, Controller, Get, HttpCode, Inject, Param, Post, Put, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { accountView, customerViews, replaceCustomers, type AccountView, type CustomerView } from '../../book/customers.js';
import { credit, redeem } from '../../book/inflow.js';
import { BankCores } from '../../banks/bank-cores.js';
import { AdminGuard } from './admin.guard.js';
import { BodyReader } from './body-reader.js';
import { readCustomerEntries } from './customer-entries.js';

const DAY_MS = 86_400_000;
const DAYS_MAX = 366;

/** Customers and what moves in their accounts without any order. */
@ApiExcludeController()
@Controller('sim/:bank')
@UseGuards(AdminGuard)
export class CustomersController {
  constructor(@Inject(BankCores) private readonly cores: BankCores) {}

  @Get('customers')
  async list(@Param('bank') bank: string): Promise<{ items: CustomerView[] }> {
    return { items: await this.cores.submit(bank, [], ({ book }) => customerViews(book)) };
  }

  @Put('customers')
  async replace(@Param('bank') bank: string, @Body() body: unknown): Promise<{ customers: number; accounts: number }> {
    const entries = readCustomerEntries(body, this.cores.bank(bank).legalPersons);
    await this.cores.submit(bank, [], ({ book, at }) => replaceCustomers(book, entries, at));
    return { customers: entries.length, accounts: entries.reduce((sum, entry) => sum + entry.accounts.length, 0) };
  }

  @Post('accounts/:number/credit')
  @HttpCode(200)
  credit(@Param('bank') bank: string, @Param('number') number: string, @Body() body: unknown): Promise<AccountView> {
    return this.cores.submit(bank, [], ({ book, at }) => {
      const account = book.account(number);
      const reader = new BodyReader();
      const amount = reader.money(reader.members(body, '')['amount'], '/amount', account.currency);
      if (amount <= 0n) reader.wrong('/amount', '必须大于 0');
      reader.finish();
      credit(book, number, amount, at);
      return accountView(book, account);
    });
  }

  /** The product becomes cash now, or `days` later (T+n). */
  @Post('accounts/:number/redeem')
  @HttpCode(200)
  redeem(@Param('bank') bank: string, @Param('number') number: string, @Body() body: unknown): Promise<AccountView> {
    const days = readDays(body);
    return this.cores.submit(bank, [], ({ book, at }) => {
      redeem(book, number, days * DAY_MS, at);
      return accountView(book, book.account(number));
    });
  }
}

function readDays(body: unknown): number {
  const reader = new BodyReader();
  const days = body === undefined || body === null ? undefined : reader.members(body, '')['days'];
  if (days === undefined) {
    reader.finish();
    return 0;
  }
  if (typeof days !== 'number' || !Number.isInteger(days) || days < 0 || days > DAYS_MAX)
    reader.wrong('/days', `必须是 0 至 ${DAYS_MAX} 的整数`);
  reader.finish();
  return Number(days);
}
