import type { PulledDocument, WireOrder } from '#connector-sdk';

/** Answer to `GET …/orders`: the exact bytes in Base64, each with its signature. */
export function writePage(orders: readonly WireOrder[]): unknown {
  return {
    orders: orders.map(({ orderNumber, bytes, signature }) => ({ orderNumber, body: bytes.toString('base64'), signature })),
  };
}

/** Answer to `GET …/orders/<orderNumber>/documents`. */
export function writeDocuments(documents: readonly PulledDocument[]): unknown {
  return { documents: documents.map(({ content, ...rest }) => ({ ...rest, content: content.toString('base64') })) };
}
