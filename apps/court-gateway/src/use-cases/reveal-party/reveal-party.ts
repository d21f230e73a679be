import { Inject, Injectable } from '@nestjs/common';
import { assertMay, type Principal } from '#access';
import { findCase, notFound, pathId } from '../../adapters/store/case-rows.js';
import { findParty, openParty, type Party } from '../../adapters/store/party-rows.js';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';
import { Vault } from '../../vault.js';
import { CaseReadings } from '../tell-conduct/case-readings.js';

/** Shows a party's id number in clear to his own court; the fact of it, with the reason, is durable before anything is shown (R6, I12). */
@Injectable()
export class RevealParty {
  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(CaseReadings) private readonly readings: CaseReadings,
  ) {}

  /** @throws AppError `not-found`, `content-erased` */
  async execute(partyId: string, reason: string, by: Principal): Promise<Party> {
    const { reader } = this.parts.database;
    const row = await findParty(reader, pathId(partyId));
    const ofCase = row && (await findCase(reader, row.case_id));
    if (!row || !ofCase) throw notFound();
    assertMay(by, 'party.reveal', { courtCode: ofCase.court_code });
    const caseKey = await this.vault.keyOf(ofCase.id);
    const reading = {
      type: 'party.revealed',
      subject: `case:${ofCase.id}`,
      actor: by.userId,
      caseNumber: ofCase.case_number,
      caseId: ofCase.id,
      caseKey,
      content: { partyId, reason },
    };
    await this.readings.tell(reading, by, row);
    return openParty(this.vault, caseKey, row);
  }
}
