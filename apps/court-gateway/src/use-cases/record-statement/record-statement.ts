import { Inject, Injectable } from '@nestjs/common';
import type { BankStated } from '#contracts';
import type { Tx } from '#persistence';
import { insertPart } from '../../adapters/store/bank-statement-rows.js';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';
import { WatchStatements } from '../make-statement/watch-statements.js';

/** Keeps what a bank says of its day, part by part, each once; the statement is made when all of it has come. */
@Injectable()
export class RecordStatement {
  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(WatchStatements) private readonly watch: WatchStatements,
  ) {}

  async execute(tx: Tx, part: BankStated): Promise<void> {
    const { banks, clock, log } = this.parts;
    if (!banks.find(part.bank)) return log.write('warn', 'statement-of-unknown-bank', { bank: part.bank });
    if (await insertPart(tx, part, clock.now())) tx.afterCommit(() => this.watch.wake());
  }
}
