import type { OrderDispatched } from '#contracts';
import {
  type AnswerReading,
  type DialectCodes,
  type DocumentContents,
  type FileTranslation,
  type KeyedBytes,
  type NamedOrder,
  type UpFileReading,
} from '#connector-sdk';
import { AppError } from '#kernel';
import { CODES, type Branch } from './config.js';
import { packageName } from './names.js';
import { readAnswer } from './read-answer.js';
import { readPackage, type ReceivedPackage } from './read-package.js';
import { writeOrder } from './write-order.js';
import { writeFailure, writeOrders } from './write-package.js';

/** docs/dialects/file-zip.md: names and contents of the packages of a union of banks. */
export class FileZip implements FileTranslation {
  constructor(
    private readonly branches: readonly Branch[],
    private readonly codes: DialectCodes = CODES,
  ) {}

  writeOrder(order: OrderDispatched, contents: DocumentContents): Buffer {
    return writeOrder(order, contents);
  }

  readAnswer(bytes: Buffer, order: OrderDispatched): AnswerReading {
    return readAnswer(bytes, order, this.codes);
  }

  nameOf(legalPerson: string, orders: readonly NamedOrder[], batch: string): string {
    const institution = this.institutionOf(legalPerson);
    if (institution === undefined) throw new AppError('invariant-broken', `no institution code of ${legalPerson}`, { level: 'error' });
    return packageName({ type: orders[0]?.action === 'inquire' ? 'CXQQ' : 'KZQQ', institution, batch });
  }

  writeFile(orders: readonly KeyedBytes[]): Promise<Buffer> {
    return writeOrders(orders);
  }

  readFile(file: ReceivedPackage & { readonly legalPerson: string }): Promise<UpFileReading> {
    return readPackage(file, this.institutionOf(file.legalPerson));
  }

  writeFailure(file: string, reason: string): Promise<{ readonly name: string; readonly bytes: Buffer } | undefined> {
    return writeFailure(file, reason);
  }

  private institutionOf(legalPerson: string): string | undefined {
    return this.branches.find((branch) => branch.legalPerson === legalPerson)?.institution;
  }
}
