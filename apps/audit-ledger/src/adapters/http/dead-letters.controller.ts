import { Body, Controller, Inject, Injectable, Param, Query, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { TokenVerifier } from '#access';
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
  TokenGuard,
  type WriteExchange,
} from '#http';
import type { RealTime } from '#kernel';
import type { LetterName } from '#messaging';
import type { Tx } from '#persistence';
import { LettersAgain } from '../../use-cases/redrive-letter/letters-again.js';
import { TAKING } from '../../use-cases/take-facts/take-facts.js';
import { LEDGER_TIME, LEDGER_TOKENS } from './ledger-access.js';

const LETTER = ':messageId';

@Injectable()
export class OperatorGuard extends TokenGuard {
  constructor(@Inject(LEDGER_TOKENS) tokens: Pick<TokenVerifier, 'verify'>, @Inject(LEDGER_TIME) time: RealTime) {
    super(tokens, time);
  }
}

/** What came on `facts.v1` and was no fact when it came; what is said of it is the same for all apps (`libs/http`). */
@Controller('api/v1/ledger/dead-letters')
@UseGuards(OperatorGuard)
@ApiBearerAuth()
@ApiTags('死信')
export class LedgerLettersController {
  private readonly door: DeadLetterDoor;
  private readonly writes = new OnceWrites();

  constructor(private readonly again: LettersAgain) {
    this.door = new DeadLetterDoor(again);
  }

  @ListsLetters()
  @EnterBy('dead-letter.list')
  list(@Query() query: DeadLetterQuery) {
    return this.door.list(query);
  }

  @ShowsLetter(LETTER)
  @EnterBy('dead-letter.read')
  show(@Param('messageId') messageId: string) {
    return this.door.show(named(messageId));
  }

  @ProposesRedrive(LETTER)
  @EnterBy('dead-letter.redrive')
  propose(@Param('messageId') messageId: string, @Body() body: RedriveBody, @OnceCall() call: WriteExchange): Promise<object> {
    return this.write(call, (tx) => this.door.propose(tx, named(messageId), body, call.principal));
  }

  @DecidesRedrive(LETTER)
  @EnterBy('dead-letter.redrive.approve')
  async decide(@Param('messageId') messageId: string, @Body() body: RedriveDecisionBody, @OnceCall() call: WriteExchange): Promise<object> {
    const answer = await this.write(call, (tx) => this.door.decide(tx, named(messageId), body, call.principal));
    this.again.driving.wake();
    return answer;
  }

  private async write(call: WriteExchange, work: (tx: Tx) => Promise<object>): Promise<object> {
    const answer = await this.writes.run(call, this.again.shelf, () => Promise.resolve({ status: 202, work }));
    this.again.relay.nudge();
    return answer;
  }
}

function named(messageId: string): LetterName {
  return { reader: TAKING, messageId };
}
