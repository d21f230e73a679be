import { Body, Inject, Param, Query } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import {
  DeadLetterDoor,
  DeadLetterQuery,
  DecidesRedrive,
  EnterBy,
  ListsLetters,
  OnceCall,
  OnceWrites,
  ProposesRedrive,
  RedriveBody,
  RedriveDecisionBody,
  ShowsLetter,
  type AnswerShelf,
  type PreparedOnce,
  type WriteExchange,
} from '#http';
import { AppError } from '#kernel';
import type { LetterName } from '#messaging';
import type { Tx } from '#persistence';
import type { BankHost } from '../../bank-host.js';
import { BankHosts } from '../../bank-hosts.js';
import { LettersController } from './principal.js';

const LETTER = ':messageId';
const BANK = { name: 'bank', description: '银行代码', example: 'hubeibank' };

/** Messages to one bank that its reader gave up after their last attempt; what is said of them is the same for all apps (`libs/http`). */
@LettersController()
@ApiParam(BANK)
export class BankLettersController {
  private readonly writes = new OnceWrites();

  constructor(@Inject(BankHosts) private readonly hosts: BankHosts) {}

  @ListsLetters()
  @EnterBy('dead-letter.list')
  list(@Param('bank') bank: string, @Query() query: DeadLetterQuery) {
    return this.at(bank).door.list(query);
  }

  @ShowsLetter(LETTER)
  @EnterBy('dead-letter.read')
  show(@Param('bank') bank: string, @Param('messageId') messageId: string) {
    const { door, name } = this.at(bank, messageId);
    return door.show(name);
  }

  @ProposesRedrive(LETTER)
  @EnterBy('dead-letter.redrive')
  propose(
    @Param('bank') bank: string,
    @Param('messageId') messageId: string,
    @Body() body: RedriveBody,
    @OnceCall() call: WriteExchange,
  ): Promise<object> {
    const { host, door, name } = this.at(bank, messageId);
    return this.write(call, host, (tx) => door.propose(tx, name, body, call.principal));
  }

  @DecidesRedrive(LETTER)
  @EnterBy('dead-letter.redrive.approve')
  async decide(
    @Param('bank') bank: string,
    @Param('messageId') messageId: string,
    @Body() body: RedriveDecisionBody,
    @OnceCall() call: WriteExchange,
  ): Promise<object> {
    const { host, door, name } = this.at(bank, messageId);
    const answer = await this.write(call, host, (tx) => door.decide(tx, name, body, call.principal));
    host.again.driving.wake();
    return answer;
  }

  private async write(call: WriteExchange, host: BankHost, work: (tx: Tx) => Promise<object>): Promise<object> {
    const answer = await this.writes.run(call, lettersShelf(host), () => Promise.resolve({ status: 202, work }));
    host.relay.nudge();
    return answer;
  }

  /** @throws AppError `not-found` for a bank that another process serves, or none */
  private at(bank: string, messageId = ''): { readonly host: BankHost; readonly door: DeadLetterDoor; readonly name: LetterName } {
    const host = this.hosts.find(bank);
    if (!host) throw new AppError('not-found', '本进程不服务该银行');
    return { host, door: new DeadLetterDoor(host.again), name: { reader: host.again.name, messageId } };
  }
}

/** What is said of a letter belongs to no case. */
function lettersShelf({ context, facts, relay }: BankHost): AnswerShelf<PreparedOnce> {
  const { database, vault, clock } = context;
  const key = vault.systemKeys.key('answers');
  return {
    database,
    clock,
    seal: (_, scope, body) => vault.sealJson(key, 'idempotency_keys', 'answer_sealed', scope, body),
    open: (_, scope, sealed) => Promise.resolve(vault.openJson<object>(key, 'idempotency_keys', 'answer_sealed', scope, sealed)),
    refused: async ({ userId }, content) => {
      const fact = { type: 'dead-letter.refused', subject: `user:${userId}`, actor: userId, content: { ...content } };
      await database.run((tx) => facts.record(tx, fact));
      relay.nudge();
    },
  };
}
