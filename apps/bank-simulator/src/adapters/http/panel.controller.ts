import { Body, Controller, Get, HttpCode, Inject, Param, Post, Put, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { AppError, instantText, parseDuration } from '#kernel';
import { BankCores } from '../../banks/bank-cores.js';
import { JournalBook, type JournalView } from '../../banks/journal-book.js';
import { parseFaults, type Faults } from '../../faults/faults.js';
import { SIM_CLOCK, type SimClock } from '../../sim-ports.js';
import { AdminGuard } from './admin.guard.js';
import { BodyReader } from './body-reader.js';

/** Faults and the journal of one bank. */
@ApiExcludeController()
@Controller('sim/:bank')
@UseGuards(AdminGuard)
export class PanelController {
  constructor(
    @Inject(BankCores) private readonly cores: BankCores,
    @Inject(JournalBook) private readonly journalBook: JournalBook,
  ) {}

  @Get('journal')
  async journal(@Param('bank') bank: string): Promise<{ items: JournalView[] }> {
    return { items: await this.journalBook.all(this.cores.bank(bank).bank) };
  }

  @Get('faults')
  faults(@Param('bank') bank: string): Faults {
    return this.cores.faultsOf(bank);
  }

  /** Replaces all faults; `{}` clears them. Orders that were executed before stay as they are. */
  @Put('faults')
  async setFaults(@Param('bank') bank: string, @Body() body: unknown): Promise<Faults> {
    const faults = parseFaults(body);
    await this.cores.submit(bank, [], (seat) => {
      seat.faults = faults;
    });
    return faults;
  }
}

/** Business time of the whole system. */
@ApiExcludeController()
@Controller('sim/clock')
@UseGuards(AdminGuard)
export class ClockController {
  constructor(@Inject(SIM_CLOCK) private readonly clock: SimClock) {}

  @Get()
  show(): { now: string } {
    return { now: instantText(this.clock.now()) };
  }

  @Post()
  @HttpCode(200)
  async advance(@Body() body: unknown): Promise<{ now: string }> {
    const reader = new BodyReader();
    const duration = reader.text(reader.members(body, '')['advance'], '/advance', DURATION_CHARS_MAX);
    reader.finish();
    await this.clock.advance(millisecondsOf(duration));
    return { now: instantText(this.clock.now()) };
  }
}

const DURATION_CHARS_MAX = 40;
/** Ten years: what the demo's credentials and terms can still make sense of. */
const ADVANCE_MS_MAX = 3_660 * 86_400_000;

function millisecondsOf(duration: string): number {
  const ms = parseDuration(duration);
  if (ms <= ADVANCE_MS_MAX) return ms;
  throw new AppError('invalid', '一次至多前移十年', { errors: [{ pointer: '/advance', detail: '一次至多前移十年' }] });
}
