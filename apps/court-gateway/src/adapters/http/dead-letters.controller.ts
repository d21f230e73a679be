import { Body, Inject, Param, Query } from '@nestjs/common';
import {
  DeadLetterDoor,
  DeadLetterQuery,
  DecidesRedrive,
  Filter,
  ListsLetters,
  ProposesRedrive,
  RedriveBody,
  RedriveDecisionBody,
  ShowsLetter,
} from '#http';
import type { Tx } from '#persistence';
import { LettersAgain } from '../../use-cases/redrive-letter/letters-again.js';
import { ApiController, Enter } from './principal.js';
import { Write, Writes, type WriteCall } from './writes.js';

const LETTER = ':reader/:messageId';

class GatewayLetterQuery extends DeadLetterQuery {
  @Filter(100, '读取者，例如 gateway-answers')
  reader?: string;
}

/** Messages that the gateway's readers gave up after their last attempt; what is said of them is the same for all apps (`libs/http`). */
@ApiController('dead-letters', '死信')
export class DeadLettersController {
  private readonly door: DeadLetterDoor;

  constructor(
    @Inject(Writes) private readonly writes: Writes,
    @Inject(LettersAgain) private readonly again: LettersAgain,
  ) {
    this.door = new DeadLetterDoor(again);
  }

  @ListsLetters()
  @Enter('dead-letter.list')
  list(@Query() query: GatewayLetterQuery) {
    return this.door.list(query);
  }

  @ShowsLetter(LETTER)
  @Enter('dead-letter.read')
  show(@Param('reader') reader: string, @Param('messageId') messageId: string) {
    return this.door.show({ reader, messageId });
  }

  @ProposesRedrive(LETTER)
  @Enter('dead-letter.redrive')
  propose(@Param('reader') reader: string, @Param('messageId') messageId: string, @Body() body: RedriveBody, @Write() call: WriteCall) {
    return this.write(call, (tx) => this.door.propose(tx, { reader, messageId }, body, call.principal));
  }

  @DecidesRedrive(LETTER)
  @Enter('dead-letter.redrive.approve')
  async decide(
    @Param('reader') reader: string,
    @Param('messageId') messageId: string,
    @Body() body: RedriveDecisionBody,
    @Write() call: WriteCall,
  ) {
    const answer = await this.write(call, (tx) => this.door.decide(tx, { reader, messageId }, body, call.principal));
    this.again.driving.wake();
    return answer;
  }

  private write(call: WriteCall, work: (tx: Tx) => Promise<object>): Promise<unknown> {
    const prepared = { work: async (tx: Tx) => ({ status: 202, body: await work(tx) }) };
    return this.writes.run(call, () => Promise.resolve(prepared));
  }
}
