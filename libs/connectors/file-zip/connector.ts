import type { OrderDispatched } from '#contracts';
import {
  readPlainAnswer,
  writePlainOrder,
  type AnswerReading,
  type DocumentContents,
  type FileTranslation,
  type UpFile,
  type UpFileReading,
} from '#connector-sdk';
import { downFileName, failureName } from './files/file-names.js';
import { readUpFile } from './read-up-file.js';
import { STATUS_TABLE } from './status-table.js';
import { writeBatch, writeFailure } from './write-batch.js';

/** docs/dialects/file-zip.md: names and contents of the files of a union of banks. */
export class FileZip implements FileTranslation {
  writeOrder(order: OrderDispatched, contents: DocumentContents): Buffer {
    return writePlainOrder(order, contents);
  }

  readAnswer(bytes: Buffer, order: OrderDispatched): AnswerReading {
    return readPlainAnswer(bytes, order, STATUS_TABLE);
  }

  nameOf(legalPerson: string, orders: readonly { readonly orderNumber: string; readonly action: string }[], batch: string): string {
    return downFileName(legalPerson, orders, batch);
  }

  writeFile(name: string, orders: readonly Buffer[]): Buffer {
    return writeBatch(name, orders);
  }

  readFile(file: Pick<UpFile, 'name' | 'bytes'>): UpFileReading {
    return readUpFile(file);
  }

  writeFailure(file: string, reason: string): { readonly name: string; readonly bytes: Buffer } {
    return { name: failureName(file), bytes: writeFailure(file, reason) };
  }
}
