import { Inject, Injectable } from '@nestjs/common';
import { assertMay, may, type Principal } from '#access';
import { AppError } from '#kernel';
import { FactRecorder } from '#messaging';
import type { DataKey } from '#privacy';
import { loadCase, pathId } from '../../adapters/store/case-rows.js';
import { answerLeaves, factsOfRequest, type FactRow } from '../../adapters/store/fact-reading.js';
import { loadRequest } from '../../adapters/store/request-rows.js';
import { openingAad, recordAlone } from '../../facts.js';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';
import { Vault } from '../../vault.js';
import { LEDGER, type LedgerPort, type LedgerProof } from './ledger-port.js';

const SALT_BYTES = 32;

export interface RequestProof {
  readonly format: 'chakong-proof/v1';
  readonly origin: string;
  readonly vkey: string;
  readonly proofs: readonly {
    readonly index: number;
    readonly leaf: string;
    readonly tlogProof: string;
    readonly opening?: { readonly salt: string; readonly content: string };
  }[];
}

/**
 * `GET /requests/{id}/proof`: one proof for each fact of the request, the connectors' included, once a checkpoint covers them all.
 * What the ledger gives is compared with the leaves that the gateway wrote itself and was told of by the banks' connectors.
 */
@Injectable()
export class ProveRequest {
  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(FactRecorder) private readonly facts: FactRecorder,
    @Inject(LEDGER) private readonly ledger: LedgerPort,
  ) {}

  /** @throws AppError `not-found`, `not-yet`, `unavailable` */
  async execute(requestId: string, by: Principal): Promise<RequestProof> {
    const { reader } = this.parts.database;
    const request = await loadRequest(reader, pathId(requestId));
    assertMay(by, 'request.proof.read', { courtCode: request.court_code });
    const own = await factsOfRequest(reader, requestId);
    const expected = [...own.map(({ leaf_hash }) => leaf_hash), ...(await answerLeaves(reader, requestId))];
    const { proofs, pending } = await this.ledger.proofsOf(requestId);
    const proven = new Set(proofs.map(({ leafHash }) => leafHash));
    const missing = expected.filter((leaf) => !proven.has(leaf)).length;
    const [first] = proofs;
    if (!first || missing + pending > 0) {
      throw new AppError('not-yet', '该请求的事实尚未全部被签名的检查点覆盖，请稍后再取', { extra: { missing: missing + pending } });
    }
    const readable = may(by, 'request.proof.open', { courtCode: request.court_code }).kind === 'allowed';
    const caseKey = readable ? await this.keyOf(request.case_id) : undefined;
    const openings = caseKey ? this.openings(caseKey, own) : new Map<string, Opening>();
    if (caseKey && openings.size > 0) await this.tell(request.case_id, caseKey, requestId, by);
    // A request may reach over the end of a year; the proofs name their logs by their checkpoints.
    const newest = proofs.at(-1) ?? first;
    return {
      format: 'chakong-proof/v1',
      origin: newest.origin,
      vkey: await this.ledger.vkeyOf(newest.origin),
      proofs: proofs.map((proof) => itemOf(proof, openings.get(proof.leafHash))),
    };
  }

  /** Salt and content of our own facts. Of a case whose key was destroyed there are none any more. */
  private openings(caseKey: DataKey, own: readonly FactRow[]): ReadonlyMap<string, Opening> {
    const opened = new Map<string, Opening>();
    for (const { leaf_hash, case_id, opening } of own) {
      const key = case_id === null ? this.vault.systemKey('facts') : caseKey;
      const clear = this.vault.cipher.openBytes(key, openingAad(leaf_hash), opening);
      opened.set(leaf_hash, {
        salt: clear.subarray(0, SALT_BYTES).toString('base64'),
        content: clear.subarray(SALT_BYTES).toString('base64'),
      });
    }
    return opened;
  }

  private async keyOf(caseId: string): Promise<DataKey | undefined> {
    try {
      return await this.vault.keyOf(caseId);
    } catch (error) {
      if (error instanceof AppError && error.code === 'content-erased') return undefined;
      throw error;
    }
  }

  /** Contents may hold what is personal, so their reading is a fact; it is the case's and not the request's, whose proof it would put off. */
  private async tell(caseId: string, caseKey: DataKey, requestId: string, by: Principal): Promise<void> {
    const row = await loadCase(this.parts.database.reader, caseId);
    await recordAlone(this.parts.database, this.facts, {
      type: 'proof.opened',
      subject: `case:${caseId}`,
      actor: by.userId,
      caseNumber: row.case_number,
      caseId,
      caseKey,
      content: { requestId },
    });
  }
}

interface Opening {
  readonly salt: string;
  readonly content: string;
}

function itemOf({ index, leaf, tlogProof }: LedgerProof, opening: Opening | undefined): RequestProof['proofs'][number] {
  return { index, leaf, tlogProof, ...(opening ? { opening } : {}) };
}
