import { instantText, sha256Hex } from '#kernel';
import type { OrderDispatched } from '#contracts';
import type { Rig } from './rig.js';

export const CASE_ID = '0195a0c0-0000-7000-8000-000000000002';
export const OFFICER_ID = '0195a0c0-0000-7000-8000-000000000003';
/** The one document of every sample order. */
export const PDF = Buffer.from('%PDF-1.7\nsample\n%%EOF\n');

/** Makes the case's key and stores the one document that all sample orders carry. Safe to call again. */
export async function prepareCase(rig: Rig, caseId = CASE_ID): Promise<string> {
  try {
    await rig.parts.keys.get(caseId);
  } catch {
    // The first start of this folder: there is no key yet.
    await rig.parts.keys.create([caseId]);
  }
  return (await rig.parts.blobs.put(caseId, PDF)).digest;
}

let counted = 0;

export function nextOrderNumber(): string {
  counted += 1;
  return `20260310420106${String(counted).padStart(10, '0')}`;
}

/** A freeze of one account; `over` changes any part. */
export function sampleFreeze(rig: Rig, digest: string, over: Partial<OrderDispatched> = {}): OrderDispatched {
  return {
    ...sampleInquiry(rig, digest),
    action: 'freeze',
    documents: ['freeze-ruling', 'freeze-notice'].map((type) => documentRef(type, digest)),
    lines: [
      {
        seq: 1,
        account: '4201000000000011',
        currency: 'CNY',
        kind: 'current',
        amount: { amount: '66213.50', currency: 'CNY' },
        scope: 'funds',
        from: '2026-03-10',
        to: '2099-03-09',
      },
    ],
    ...over,
  };
}

export function sampleInquiry(rig: Rig, digest: string, over: Partial<OrderDispatched> = {}): OrderDispatched {
  const bank = rig.parts.banks[0]?.profile.bank ?? '';
  return {
    orderNumber: nextOrderNumber(),
    requestId: '0195a0c0-0000-7000-8000-000000000001',
    action: 'inquire',
    bank,
    legalPerson: rig.parts.banks[0]?.profile.legalPersons[0]?.code ?? bank,
    dispatchedAt: instantText(rig.parts.clock.now()),
    case: {
      id: CASE_ID,
      number: '(2026)鄂0106执1234号',
      kind: 'execution',
      status: 'open',
      courtCode: '420106',
      courtName: '武汉市武昌区人民法院',
    },
    officer: {
      id: OFFICER_ID,
      name: '李晓',
      phone: '027-00000000',
      validTo: '2099-01-01',
      filedTo: '2099-01-01',
      credentials: [
        { kind: 'work', number: '鄂0106-0231' },
        { kind: 'duty', number: '鄂执-10231' },
      ],
    },
    debtor: { id: 'debtor-1', kind: 'person', name: '陈志远', idType: '01', idNumber: '420106190001010019' },
    documents: [documentRef('inquiry-notice', digest)],
    lines: [],
    ...over,
  };
}

function documentRef(type: string, digest: string): OrderDispatched['documents'][number] {
  return { instrumentId: `i-${type}`, type, number: '一', title: type, digest, sha256: sha256Hex(PDF), size: PDF.length, seal: '{}' };
}
