import { Inject, Injectable } from '@nestjs/common';
import type { Principal, Role } from '#access';
import { FactRecorder, type Fact } from '#messaging';
import { hasPart } from '../../adapters/store/case-relations.js';
import type { PartyRow } from '../../adapters/store/party-rows.js';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';
import { Vault } from '../../vault.js';
import { beside } from './conduct-of-request.js';

/** A reading of personal data in one case. */
export interface CaseReading extends Fact {
  readonly caseId: string;
}

const COURT: ReadonlySet<Role> = new Set<Role>(['officer', 'judge', 'leader']);
const APPROVERS: ReadonlySet<Role> = new Set<Role>(['judge', 'leader']);

/**
 * The fact of a reading, durable before anything is shown (I12), and beside it what makes the reading worth a question: the reader has no part in
 * the case, or bears the name of whom he reads. Who reads for the court's control, an auditor, has no part in any case.
 */
@Injectable()
export class CaseReadings {
  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(FactRecorder) private readonly facts: FactRecorder,
  ) {}

  /** @param subject whom the reading shows, where it shows one person */
  async tell(reading: CaseReading, by: Principal, subject?: PartyRow): Promise<void> {
    const told: Fact[] = [reading];
    if (by.roles.some((role) => COURT.has(role))) {
      const isApprover = by.roles.some((role) => APPROVERS.has(role));
      const isPart = await hasPart(this.parts.database.reader, reading.caseId, by.userId, isApprover);
      if (!isPart) told.push(beside(reading, 'unrelated-case', { reading: reading.type }));
      if (subject?.name_index === this.vault.blind.of('name', by.name)) {
        told.push(beside(reading, 'self-linked', { reading: reading.type, partyIds: [subject.id] }));
      }
    }
    await this.parts.database.run((tx) => this.facts.recordMany(tx, told));
  }
}
