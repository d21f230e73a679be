import { formatAmount, sumMinor, type Minor } from '#kernel';
import { type GateInstrument, chooseInstruments, fitsBank, isRuling, newestFitting, requiredInstruments, serves } from '../instruments.js';
import type { Action, InstrumentType } from '../words.js';
import type { GateFacts } from './facts.js';
import type { Refusal } from './refusal.js';

type DocumentFacts = GateFacts & { readonly action: Action };

const TYPE_NAMES: Readonly<Record<InstrumentType, string>> = {
  'inquiry-notice': '协助查询存款通知书',
  'freeze-ruling': '冻结裁定书',
  'freeze-notice': '协助冻结存款通知书',
  'release-ruling': '解除冻结裁定书',
  'release-notice': '协助解除冻结存款通知书',
  'deduct-ruling': '扣划裁定书',
  'deduct-notice': '协助扣划存款通知书',
  'preservation-application': '财产保全申请书',
};

/** R4's title of an instrument type, in Chinese. */
export function instrumentName(type: InstrumentType): string {
  return TYPE_NAMES[type];
}

/** The instruments that this request draws on: those it names, or all of the case. */
function among(facts: DocumentFacts): readonly GateInstrument[] {
  const named = facts.instrumentIds;
  return named === undefined ? facts.instruments : facts.instruments.filter(({ id }) => named.includes(id));
}

/**
 * R4, R7: every required type is there for every bank; at dispatch with its seal (rollback code 0403). An instrument that exists and is
 * made out to another bank only is a mismatch and not judged here, where the request names it itself.
 */
export function instrumentsMustBeThere(facts: DocumentFacts): Refusal | undefined {
  const mustBeSealed = facts.stage === 'dispatch';
  const own = among(facts);
  const unknown = facts.instrumentIds?.findIndex((id) => !facts.instruments.some((instrument) => instrument.id === id)) ?? -1;
  if (unknown >= 0) return { code: 'instrument-missing', detail: '所列文书不属于本案', pointer: `/instrumentIds/${unknown}` };
  for (const type of requiredInstruments(facts.policy, facts.action, facts.case.kind)) {
    const ofType = own.filter((instrument) => instrument.type === type && serves(instrument, mustBeSealed));
    const lacking = facts.instrumentIds === undefined && facts.lines.some((line) => !ofType.some((one) => fitsBank(one, line.bank)));
    if (ofType.length > 0 && !lacking) continue;
    return {
      code: 'instrument-missing',
      detail: `缺少${mustBeSealed ? '已签章的' : ''}《${instrumentName(type)}》`,
      pointer: '/instrumentIds',
      extra: { missing: type },
    };
  }
  return undefined;
}

/** R4: an instrument that the request names is made out to the bank it goes to. */
export function instrumentsMustFitBanks(facts: DocumentFacts): Refusal | undefined {
  const own = among(facts);
  const mustBeSealed = facts.stage === 'dispatch';
  for (const type of requiredInstruments(facts.policy, facts.action, facts.case.kind)) {
    const line = facts.lines.find((one) => newestFitting(own, type, one.bank, mustBeSealed) === undefined);
    if (line) return mismatch(`《${instrumentName(type)}》不是向${line.bank}出具的`, line.bankPointer ?? line.pointer);
  }
  return undefined;
}

/** R4, code 30004: a ruling that names a sum limits all lines under it, in this request and in earlier ones. */
export function rulingsMustCoverAmounts(facts: DocumentFacts, amountOf: (index: number) => Minor): Refusal | undefined {
  const required = requiredInstruments(facts.policy, facts.action, facts.case.kind).filter(isRuling);
  const options = { named: facts.instrumentIds, mustBeSealed: facts.stage === 'dispatch' };
  const under = new Map<GateInstrument, number[]>();
  facts.lines.forEach((line, index) => {
    for (const ruling of chooseInstruments(required, facts.instruments, line.bank, options).chosen) {
      under.set(ruling, [...(under.get(ruling) ?? []), index]);
    }
  });
  for (const [ruling, indexes] of under) {
    if (ruling.amount === undefined) continue;
    const sum = ruling.amountUnder + sumMinor(indexes.map(amountOf));
    if (sum <= ruling.amount) continue;
    const limit = formatAmount(ruling.amount, facts.case.currency);
    return mismatch(`金额合计超过《${instrumentName(ruling.type)}》所载的${limit}`, facts.lines[indexes[0] ?? 0]?.pointer);
  }
  return undefined;
}

function mismatch(detail: string, pointer: string | undefined): Refusal {
  return { code: 'instrument-mismatch', detail, pointer };
}
