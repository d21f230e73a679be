import type { OrderDispatched } from '#contracts';
import { courtXml, type DocumentContents, type PulledDocument } from '#connector-sdk';
import { AppError } from '#kernel';

const { listOfAction, wrapRecords, writeCourtCredentials, writeCourtDocuments, writeCourtOrder } = courtXml;

/** In files the attributes stand as they are, in UTF-8. */
export const CODING = 'plain';

/** Request, legal documents and credentials of one order, one XML document after another: its entries of the package. */
export function writeOrder(order: OrderDispatched, contents: DocumentContents): Buffer {
  const documents = order.documents.map((document) => withContent(document, contents));
  return Buffer.concat([
    wrapRecords(listOfAction(order.action), [writeCourtOrder(order, CODING)]),
    writeCourtDocuments(order, documents, CODING),
    writeCourtCredentials(order, contents, CODING),
  ]);
}

function withContent(
  { type, number, title, sha256, seal, digest }: OrderDispatched['documents'][number],
  contents: DocumentContents,
): PulledDocument {
  const content = contents.get(digest);
  if (!content) throw new AppError('invariant-broken', `the document ${digest} of an order is missing`, { level: 'error' });
  return { type, number, title, sha256, seal, content };
}
