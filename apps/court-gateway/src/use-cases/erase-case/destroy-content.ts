import { Inject, Injectable } from '@nestjs/common';
import { blobsOfCase, emptyCase } from '../../adapters/store/case-content.js';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';

/**
 * Destroys what can open the content of a case: its key, then what was sealed under it, salts included, then every copy of the key that backups
 * and freed pages may hold. The key goes first, so that from its commit on nothing can be read, wherever the rest is cut off. Each step may be
 * done again; nothing is undone.
 */
@Injectable()
export class DestroyContent {
  constructor(@Inject(PARTS) private readonly parts: GatewayParts) {}

  async execute(caseId: string): Promise<void> {
    const { keys, blobs, database, rotation } = this.parts;
    await keys.destroy(caseId);
    // The rows name the blobs, so they are emptied afterwards.
    for (const digest of await blobsOfCase(database.reader, caseId)) await blobs.delete(caseId, digest);
    await emptyCase(database, caseId);
    await rotation.endGenerationOf(caseId);
  }
}
