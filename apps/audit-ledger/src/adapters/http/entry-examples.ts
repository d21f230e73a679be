const HASH = 'NUnJsQaDnvU9Bu1sWq5tJ5fXjYh0SWQb9cVmuE8KZRQ=';
const ORIGIN = 'gateway.420106/ledger/2026';

export const ENTRY_EXAMPLE = { origin: ORIGIN, index: 5, leafHash: HASH, leaf: { v: 1, type: 'order.dispatched' }, bytes: 'eyJhdCI6…' };

export const SEARCH_EXAMPLE = {
  items: [
    {
      origin: ORIGIN,
      index: 5,
      leafHash: HASH,
      at: '2026-03-10T03:52:00.000Z',
      actor: '01961f5e-7c00-7000-8000-000000000001',
      orderNumber: '202603104201060000000201',
      caseNumber: '(2026)鄂0106执1301号',
      requestId: '01961f5e-7c00-7000-8000-000000000002',
      leaf: {
        v: 1,
        type: 'order.dispatched',
        at: '2026-03-10T03:52:00.000Z',
        source: 'court-gateway',
        subject: 'order:202603104201060000000201',
        subjectSeq: 1,
        commitment: 'b5bb9d80…',
      },
      bytes: 'eyJhdCI6…',
      coveredBy: {
        origin: ORIGIN,
        size: 300,
        root: HASH,
        cosignedBy: [{ witness: 'witness.regulator/2026', at: '2026-03-10T03:52:01.000Z' }],
      },
    },
  ],
  nextCursor: 'MjAyNi0wMy0xMFQwMzo1MjowMC4wMDBaLjE3',
};

export const EXPORT_EXAMPLE = {
  format: 'chakong-proof/v1',
  origin: ORIGIN,
  vkey: `${ORIGIN}+530d903a+AWJ…`,
  proofs: [{ index: 5, leaf: 'eyJhY3RvciI6…', tlogProof: 'c2sp.org/tlog-proof@v1\n…' }],
};
