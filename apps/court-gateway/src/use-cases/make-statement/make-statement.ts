import { Inject, Injectable } from '@nestjs/common';
import type { BusinessPeriod } from '#connector-sdk';
import { instantText, newId, sha256Hex, type Instant } from '#kernel';
import { FactRecorder } from '#messaging';
import { compareDay, totalsOf } from '#orders';
import { signDetached } from '#trust';
import { readWord, type BankWord, type CompleteWord } from '../../adapters/store/bank-statement-rows.js';
import { dayEntries } from '../../adapters/store/day-entries.js';
import { insertStatement, latestStatement, type SignedStatementRow, type StatementRow } from '../../adapters/store/statement-rows.js';
import { PARTS, type GatewayBank, type GatewayParts } from '../../gateway-parts.js';
import { SYSTEM_ACTOR } from '../scene.js';
import { bytesOf, contentOf, digestOf, STATEMENT_FORMAT, type StatementBody, type StatementContent } from './statement-content.js';
import { StatementTasks, type StatementTasksMade } from './statement-tasks.js';

/** Which statement is wanted, and which word of the bank it is compared with. */
export interface WantedStatement {
  readonly bank: GatewayBank;
  readonly period: BusinessPeriod;
  readonly word?: CompleteWord;
}

/**
 * Makes a bank's statement of one business period: our side from the books as they are committed now, the bank's word beside it, signed, with
 * its fact and a task for each difference, in one transaction. What says the same as the newest version makes no new one, so it may be run as
 * often as one likes, also after a crash or beside another process.
 */
@Injectable()
export class MakeStatement {
  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(FactRecorder) private readonly facts: FactRecorder,
    @Inject(StatementTasks) private readonly tasks: StatementTasks,
  ) {}

  /** @returns whether a new version was made */
  async execute(wanted: WantedStatement): Promise<boolean> {
    const { reader } = this.parts.database;
    const { bank, period } = wanted;
    const latest = await latestStatement(reader, bank.bank, period.to);
    const cutOff = this.parts.clock.now();
    const word = wanted.word && (await readWord(reader, bank.bank, wanted.word));
    const content = await this.compare(wanted, word);
    if (latest?.content === digestOf(content)) return false;
    const row = await this.sign(content, latest, cutOff, word?.version ?? 0);
    const replaced = latest !== undefined && latest.bank_version > 0 && latest.bank_version < row.bank_version;
    const tasks = await this.tasks.prepare(content, replaced ? row.bank_version : undefined);
    return this.write(row, tasks);
  }

  private async compare({ bank, period }: WantedStatement, word: BankWord | undefined): Promise<StatementContent> {
    const entries = await dayEntries(this.parts.database.reader, bank.bank, period);
    const totals = totalsOf(entries);
    const differences = word ? compareDay({ totals, entries }, word) : [];
    const canState = bank.dayStatement === true;
    return contentOf({ bank: bank.bank, bankName: bank.name, period, totals, canState, ...(word ? { word } : {}), differences });
  }

  private async sign(
    content: StatementContent,
    latest: StatementRow | undefined,
    cutOff: Instant,
    bankVersion: number,
  ): Promise<SignedStatementRow> {
    const { clock, entropy, courtSigner } = this.parts;
    const version = (latest?.version ?? 0) + 1;
    const previous = latest ? { previous: latest.sha256 } : {};
    const body: StatementBody = { ...content, format: STATEMENT_FORMAT, version, cutOffAt: instantText(cutOff), ...previous };
    const bytes = bytesOf(body);
    return {
      bank: content.bank,
      day: content.date,
      version,
      id: newId(clock, entropy),
      from_day: content.period.from,
      latest: 1,
      bank_side: content.bankSide,
      bank_version: bankVersion,
      differences: content.differences?.total ?? 0,
      content: digestOf(content),
      sha256: sha256Hex(bytes),
      body: bytes.toString('utf8'),
      key_id: courtSigner.keyId,
      signature: await signDetached(courtSigner, bytes),
      made_at: clock.now(),
    };
  }

  private write(row: SignedStatementRow, tasks: StatementTasksMade): Promise<boolean> {
    const { bank, day, version, bank_side: bankSide, differences, sha256, key_id: keyId, signature } = row;
    return this.parts.database.run(async (tx) => {
      // Another process was faster: its version stands, and whoever looks again makes the next one from it.
      if (!(await insertStatement(tx, row))) return false;
      await this.facts.record(tx, {
        type: 'statement.signed',
        subject: `statement:${bank}`,
        actor: SYSTEM_ACTOR,
        content: { bank, date: day, from: row.from_day, version, bankSide, differences, sha256, keyId, signature },
      });
      await this.tasks.write(tx, tasks);
      return true;
    });
  }
}
