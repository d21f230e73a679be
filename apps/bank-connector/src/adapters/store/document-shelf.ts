import { LRUCache } from 'lru-cache';
import type { BlobStore } from '#privacy';

/** Clear documents kept in memory: one notice often goes to several legal persons and in several orders of a request. */
const SHELF_BYTES_MAX = 16 * 1024 * 1024;

/** The court's documents by case and digest. */
export class DocumentShelf {
  private readonly shelf = new LRUCache<string, Buffer>({
    maxSize: SHELF_BYTES_MAX,
    sizeCalculation: (bytes) => Math.max(1, bytes.length),
  });

  constructor(private readonly blobs: BlobStore) {}

  /** @throws AppError `content-missing`, `content-erased`, `content-damaged` */
  async get(caseId: string, digest: string): Promise<Buffer> {
    const name = `${caseId}/${digest}`;
    const known = this.shelf.get(name);
    if (known) return known;
    const bytes = await this.blobs.get(caseId, digest);
    this.shelf.set(name, bytes);
    return bytes;
  }
}
