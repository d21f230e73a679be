import { instantText } from '#kernel';
import type { ErasureBankRow, ErasureRow } from '../store/erasure-rows.js';

export const ERASURE_EXAMPLE = {
  id: '01995a42-33cc-7d44-8f88-805f9f4f5e71',
  caseId: '01995a3d-0000-7000-8000-000000000002',
  caseNumber: '(2026)鄂0106执10001号',
  state: 'destroyed',
  reason: '档案保管期限届满',
  askedBy: '01995a3d-0000-7000-8000-000000000003',
  askedAt: '2026-03-10T03:50:00.000Z',
  decidedBy: '01995a3d-0000-7000-8000-000000000004',
  decidedAt: '2026-03-10T04:00:00.000Z',
  destroyedAt: '2026-03-10T04:00:01.000Z',
  banks: [{ bank: 'hubeibank', confirmedAt: '2026-03-10T04:00:02.000Z' }],
};

/** An erasure as the interface shows it: nothing of the case but its number. */
export function erasureView(row: ErasureRow, banks: readonly ErasureBankRow[]) {
  const { id, case_id, case_number, state, reason, asked_by, asked_at, decided_by, decided_at, destroyed_at, erased_at } = row;
  return {
    id,
    caseId: case_id,
    caseNumber: case_number,
    state,
    reason,
    askedBy: asked_by,
    askedAt: instantText(asked_at),
    ...(decided_by === null ? {} : { decidedBy: decided_by }),
    ...(decided_at === null ? {} : { decidedAt: instantText(decided_at) }),
    ...(destroyed_at === null ? {} : { destroyedAt: instantText(destroyed_at) }),
    ...(erased_at === null ? {} : { erasedAt: instantText(erased_at) }),
    banks: banks.map(({ bank, confirmed_at }) => ({ bank, ...(confirmed_at === null ? {} : { confirmedAt: instantText(confirmed_at) }) })),
  };
}
