import type { OrderDispatched } from '#contracts';
import type { OrderTranslation, WireSignatures } from '#connector-sdk';
import { AppError, sha256Hex } from '#kernel';
import type { DataKey } from '#privacy';
import type { BankContext } from '../../bank-context.js';
import type { DocumentShelf } from '../../adapters/store/document-shelf.js';

/** Bytes of one order with its documents; the servers on both sides refuse larger bodies. */
export const ORDER_BYTES_MAX = 11 * 1024 * 1024;

/** An order made ready for the journal: everything that a transaction may not wait for. */
export interface PreparedOrder {
  readonly order: OrderDispatched;
  readonly key: DataKey;
  readonly wire: { readonly bytes: Buffer; readonly signature: string };
  /** The dialect cannot say it: the order is taken and withdrawn at once with this reason. */
  readonly impossible?: { readonly code: string; readonly reason: string };
}

const ORDER_NUMBER = /^[0-9A-Za-z-]{1,30}$/;
const NO_WIRE = { bytes: Buffer.alloc(0), signature: '' };

/** Writes and signs the exact bytes for the bank, once and for ever, before the order enters the journal (I5, I11). */
export class PrepareOrder {
  constructor(
    private readonly context: BankContext,
    /** Undefined at a manual desk, to which no bytes go. */
    private readonly translation: OrderTranslation | undefined,
    private readonly signatures: Pick<WireSignatures, 'keepWith'>,
    private readonly documents: DocumentShelf,
  ) {}

  async execute(order: OrderDispatched, key: DataKey): Promise<PreparedOrder> {
    if (order.bank !== this.context.bank) {
      throw new AppError('contract-broken', `an order for ${order.bank} came to ${this.context.bank}`, { level: 'error' });
    }
    const impossible = this.impossible(order);
    if (impossible || !this.translation) return { order, key, wire: NO_WIRE, ...(impossible ? { impossible } : {}) };
    try {
      const bytes = this.translation.writeOrder(order, await this.contents(order));
      if (bytes.length > ORDER_BYTES_MAX) throw new AppError('too-large', '请求单连同法律文书超过银行可接收的大小');
      return { order, key, wire: { bytes, signature: await this.signatures.keepWith(bytes) } };
    } catch (error) {
      if (!(error instanceof AppError) || !NEVER.has(error.code)) throw error;
      return { order, key, wire: NO_WIRE, impossible: { code: error.code, reason: error.message } };
    }
  }

  /** Both words become parts of file names and addresses, so nothing may stand in them that leads elsewhere. */
  private impossible({ orderNumber, legalPerson }: OrderDispatched): PreparedOrder['impossible'] {
    if (!ORDER_NUMBER.test(orderNumber)) return { code: 'unsupported-by-bank', reason: '请求单号的形式不符合约定' };
    if (this.context.profile.legalPersons.some(({ code }) => code === legalPerson)) return undefined;
    return { code: 'unsupported-by-bank', reason: `该银行没有法人机构 ${legalPerson}` };
  }

  private async contents(order: OrderDispatched): Promise<ReadonlyMap<string, Buffer>> {
    if (this.context.manifest.documents !== 'inside') return new Map();
    const found = await Promise.all(
      order.documents.map(async ({ digest, sha256 }) => {
        const bytes = await this.documents.get(order.case.id, digest);
        // What was sealed under this digest is what the bank is to see (R4); anything else is a defect and stops the order.
        if (sha256Hex(bytes) !== sha256) throw new AppError('content-damaged', 'a document differs from its seal', { level: 'error' });
        return [digest, bytes] as const;
      }),
    );
    const scans = order.officer.credentials.flatMap(({ imageDigest }) => imageDigest ?? []);
    const shown = await Promise.all(scans.map(async (digest) => [digest, await this.documents.get(order.case.id, digest)] as const));
    return new Map([...found, ...shown]);
  }
}

/** What no repetition will mend. */
const NEVER: ReadonlySet<string> = new Set(['too-large', 'unsupported-by-dialect']);
