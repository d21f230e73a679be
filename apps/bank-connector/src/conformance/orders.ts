import type { Action, OrderDispatched } from '#contracts';
import { instantText, legalDateOf, newId, sha256Hex, type Clock, type Entropy } from '#kernel';

/** The papers of each action (R4). */
const PAPERS: Readonly<Record<Action, readonly (readonly [type: string, title: string])[]>> = {
  inquire: [['inquiry-notice', '协助查询存款通知书']],
  freeze: [
    ['freeze-ruling', '冻结裁定书'],
    ['freeze-notice', '协助冻结存款通知书'],
  ],
  renew: [
    ['freeze-ruling', '冻结裁定书'],
    ['freeze-notice', '协助冻结存款通知书'],
  ],
  release: [
    ['release-ruling', '解除冻结裁定书'],
    ['release-notice', '协助解除冻结存款通知书'],
  ],
  deduct: [
    ['deduct-ruling', '扣划裁定书'],
    ['deduct-notice', '协助扣划存款通知书'],
  ],
};

/** The one document that all orders of the kit carry; a bank of the kit does not look at its seal. */
export const SAMPLE_PDF = Buffer.from('%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n', 'latin1');

export interface OrderGround {
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly bank: string;
  readonly caseId: string;
  /** Digest of the sample document in the blob store. */
  readonly digest: string;
  /** 10 digits that no other run has. */
  readonly run: string;
}

const COUNT_DIGITS = 4;

/** Makes orders as the gateway dispatches them, with numbers of 24 digits that were never used before. */
export class OrderMaker {
  private count = 0;

  constructor(private readonly ground: OrderGround) {}

  make(action: Action, debtor: OrderDispatched['debtor'], legalPerson: string, over: Partial<OrderDispatched>): OrderDispatched {
    const { clock, entropy, bank, caseId } = this.ground;
    const lane = action === 'inquire' ? {} : { lane: { id: newId(clock, entropy), number: 1 } };
    return {
      orderNumber: this.nextNumber(),
      requestId: newId(clock, entropy),
      action,
      bank,
      legalPerson,
      ...lane,
      dispatchedAt: instantText(clock.now()),
      case: {
        id: caseId,
        number: '(2026)鄂0106执1234号',
        kind: 'execution',
        status: 'open',
        courtCode: '420106',
        courtName: '武汉市武昌区人民法院',
      },
      officer: {
        id: caseId,
        name: '李晓',
        phone: '027-00000000',
        validTo: '2099-01-01',
        filedTo: '2099-01-01',
        credentials: [
          { kind: 'work', number: '鄂0106-0231' },
          { kind: 'duty', number: '鄂执-10231' },
        ],
      },
      debtor,
      documents: PAPERS[action].map(([type, title]) => this.document(type, title)),
      lines: [],
      ...over,
    };
  }

  private nextNumber(): string {
    this.count += 1;
    const day = legalDateOf(this.ground.clock.now()).replaceAll('-', '');
    return `${day}42${this.ground.run}${String(this.count).padStart(COUNT_DIGITS, '0')}`;
  }

  private document(type: string, title: string): OrderDispatched['documents'][number] {
    const { digest } = this.ground;
    const number = '(2026)鄂0106执1234号之一';
    return { instrumentId: `i-${type}`, type, number, title, digest, sha256: sha256Hex(SAMPLE_PDF), size: SAMPLE_PDF.length, seal: '{}' };
  }
}
