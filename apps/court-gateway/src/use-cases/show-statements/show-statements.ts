import { Inject, Injectable } from '@nestjs/common';
import { assertMay, bankScopeOf, type Principal, type Scope } from '#access';
import { cutPage, type Page, type PageStart } from '#http';
import { instantText, isLegalDate, type LegalDate } from '#kernel';
import { notFound } from '../../adapters/store/case-rows.js';
import {
  findStatement,
  listStatements,
  statementVersions,
  type SignedStatementRow,
  type StatementRow,
} from '../../adapters/store/statement-rows.js';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';
import { textOf } from '../make-statement/statement-text.js';
import type { StatementBody } from '../make-statement/statement-content.js';

export interface StatementQuery {
  readonly bank?: string;
  readonly day?: LegalDate;
}

/** Reads end-of-day statements: the leader and the auditor those of every bank, clerk and reviewer those of their own. */
@Injectable()
export class ShowStatements {
  constructor(@Inject(PARTS) private readonly parts: GatewayParts) {}

  /** The newest version of each day, newest first. */
  async list(principal: Principal, { bank, day }: StatementQuery, start: PageStart): Promise<Page<object>> {
    const filter = { scope: scopeOf(principal), ...(bank === undefined ? {} : { bank }), ...(day === undefined ? {} : { day }) };
    const rows = await listStatements(this.parts.database.reader, filter, start);
    const { rows: shown, nextCursor } = cutPage(rows, start, ({ made_at: at, id }) => ({ at, id }));
    return { items: shown.map(summaryOf), nextCursor };
  }

  /** One statement, exactly as it was signed, with its text. @throws AppError `not-found` also for another bank's, to a clerk */
  async one(principal: Principal, bank: string, day: string, version: number | undefined): Promise<object> {
    assertMay(principal, 'statement.read', { bank });
    const { reader } = this.parts.database;
    const versions = isLegalDate(day) ? await statementVersions(reader, bank, day) : [];
    const row = versions.find((one) => (version === undefined ? one.latest === 1 : one.version === version));
    const signed = row && (await findStatement(reader, bank, day, row.version));
    if (!signed) throw notFound();
    return { ...summaryOf(signed), ...signedOf(signed), versions: versions.map(summaryOf) };
  }
}

/** Deny by default: whom the policy lets in without a bank of his own sees all banks, and everybody else his own. */
function scopeOf(principal: Principal): Scope {
  return principal.roles.includes('leader') ? { kind: 'all' } : bankScopeOf(principal);
}

function summaryOf({ bank, day, from_day, version, bank_side, differences, sha256, made_at }: StatementRow) {
  return {
    bank,
    date: day,
    from: from_day,
    version,
    bankSide: bank_side,
    // Where nothing was compared there is no figure, and no nought either.
    ...(bank_side === 'stated' ? { differences } : {}),
    sha256,
    madeAt: instantText(made_at),
  };
}

function signedOf({ body, key_id: keyId, signature }: SignedStatementRow) {
  // We have written it ourselves, in this very form.
  const statement = JSON.parse(body) as StatementBody;
  return { statement, signature: { keyId, value: signature, over: body }, text: textOf(statement) };
}
