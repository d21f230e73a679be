import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sha256Hex } from '#kernel';
import { verifySeal, type Ed25519Signer, Ed25519Verifier } from '#trust';
import { instrumentRows } from './adapters/store/instrument-rows.js';
import { loadCase } from './adapters/store/case-rows.js';
import { caseBody, startGateway, type GatewayFixture } from './testing/gateway-fixture.js';
import { pdfText } from './testing/pdf-text.js';
import { INSTRUMENTS, type InstrumentPort } from './use-cases/make-instrument/instrument-port.js';

let gateway: GatewayFixture;
let port: InstrumentPort;
let caseId: string;
beforeAll(async () => {
  gateway = await startGateway();
  port = gateway.app.get<InstrumentPort>(INSTRUMENTS);
  caseId = (await gateway.call('officer', 'POST', '/api/v1/cases', caseBody())).at('id');
});
afterAll(() => gateway.close());

const RULING = {
  type: 'freeze-ruling',
  number: '(2026)鄂0106执1234号之一',
  amount: '189197.50',
  decidedBy: '周正',
  decidedOn: '2026-03-10',
};
const PDF = Buffer.from('%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer<<>>\n%%EOF\n');

function add(body: Readonly<Record<string, unknown>>, username = 'officer') {
  return gateway.call(username, 'POST', `/api/v1/cases/${caseId}/instruments`, body);
}

async function bytesOf(id: string, username = 'officer'): Promise<Buffer> {
  const response = await fetch(`${gateway.url}/api/v1/instruments/${id}/content`, {
    headers: { authorization: `Bearer ${await gateway.tokenOf(username)}` },
  });
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/pdf']);
  return Buffer.from(await response.arrayBuffer());
}

function verdictOf(seal: unknown, bytes: Buffer) {
  const signer = gateway.parts.courtSigner as Ed25519Signer;
  return verifySeal(seal, bytes, () => new Ed25519Verifier(signer.publicKeyPem(), signer.keyId));
}

describe('an instrument from its template', () => {
  it('is a draft marked 草稿 without a seal, says what it is about, and can be searched', async () => {
    const made = await add(RULING);
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      state: 'draft',
      title: '执行裁定书',
      amount: { amount: '189197.50', currency: 'CNY' },
      uploaded: false,
    });
    expect(made.at('seal')).toBeUndefined();
    const bytes = await bytesOf(made.at('id'));
    expect(sha256Hex(bytes)).toBe(made.at('sha256'));
    const [page = ''] = await pdfText(bytes);
    expect(page).toContain('草稿');
    const text = page.replaceAll('\n', '');
    for (const part of ['武汉市武昌区人民法院', '(2026)鄂0106执1234号之一', '陈志远', '人民币189197.50元', '周正', '2026年3月10日']) {
      expect(text).toContain(part);
    }
    expect(bytes.length).toBeLessThan(100_000);
  });

  it('is sealed at once when it is an inquiry notice', async () => {
    const made = await add({ type: 'inquiry-notice', number: '1号', bank: 'hubeibank' });
    expect(made.at('state')).toBe('sealed');
    const bytes = await bytesOf(made.at('id'));
    const [page = ''] = await pdfText(bytes);
    expect(page).not.toContain('草稿');
    expect(page).toContain('湖北银行');
    expect(await verdictOf(made.at('seal'), bytes)).toMatchObject({ valid: true, seal: { sealer: '420106' } });
    expect(await verdictOf(made.at('seal'), Buffer.concat([bytes, Buffer.from(' ')]))).toMatchObject({
      valid: false,
      fault: 'document-differs',
    });
  });

  it('leaves a fact for each reading of its bytes, the auditor included', async () => {
    const made = await add(RULING);
    const count = async () =>
      (await gateway.parts.database.reader.all("SELECT 1 AS one FROM facts WHERE type = 'instrument.read' AND case_id = ?", [caseId]))
        .length;
    const before = await count();
    await bytesOf(made.at('id'));
    await bytesOf(made.at('id'), 'auditor');
    expect(await count()).toBe(before + 2);
    expect((await gateway.call('clerk.wrcb', 'GET', `/api/v1/instruments/${made.at('id')}/content`)).status).toBe(403);
  });
});

describe('an uploaded instrument', () => {
  it('keeps its exact bytes, also when an approval seals it', async () => {
    const made = await add({ ...RULING, content: PDF.toString('base64'), sha256: sha256Hex(PDF) });
    expect(made.body).toMatchObject({ state: 'draft', uploaded: true, sha256: sha256Hex(PDF), size: PDF.length });
    const [prepared] = await port.prepareSeals(caseId, [made.at('id')]);
    await sealAll(made.at('id'));
    expect(await bytesOf(made.at('id'))).toEqual(PDF);
    expect(prepared?.document.sha256).toBe(sha256Hex(PDF));
    const sealed = await gateway.call('officer', 'GET', `/api/v1/instruments/${made.at('id')}`);
    expect(await verdictOf(sealed.at('seal'), PDF)).toMatchObject({ valid: true });
  });

  it.each<[string, Readonly<Record<string, unknown>>, number]>([
    ['what is no PDF', { content: Buffer.from('hello').toString('base64') }, 400],
    ['what is no base64', { content: '%PDF-1.7' }, 400],
    ['base64 with line breaks', { content: 'JVBE\nRi0x' }, 400],
    ['another digest', { content: PDF.toString('base64'), sha256: '0'.repeat(64) }, 400],
    ['a number of 101 bytes', { number: '号'.repeat(34) }, 400],
    ['an empty number', { number: '' }, 400],
    ['an unknown type', { type: 'search-warrant' }, 400],
    ['an unknown bank', { bank: 'nobank' }, 400],
    ['nothing as amount', { amount: '0.00' }, 400],
    ['an empty content', { content: '' }, 400],
  ])('refuses %s', async (_, change, status) => {
    expect((await add({ ...RULING, ...change })).status).toBe(status);
  });

  it('refuses more than 8 MiB', async () => {
    const content = Buffer.concat([PDF, Buffer.alloc(8 * 1024 * 1024)]).toString('base64');
    expect([400, 413]).toContain((await add({ ...RULING, content })).status);
  });

  it('takes a number of exactly 100 bytes', async () => {
    expect((await add({ ...RULING, number: `${'号'.repeat(33)}x` })).status).toBe(201);
  });
});

describe('sealing, use and voiding', () => {
  it('renders a draft again with the seal and without the mark', async () => {
    const made = await add(RULING);
    await sealAll(made.at('id'));
    const bytes = await bytesOf(made.at('id'));
    expect((await pdfText(bytes))[0]).not.toContain('草稿');
    const sealed = await gateway.call('officer', 'GET', `/api/v1/instruments/${made.at('id')}`);
    expect(sealed.body).toMatchObject({ state: 'sealed', version: 2, sha256: sha256Hex(bytes) });
    expect(await verdictOf(sealed.at('seal'), bytes)).toMatchObject({ valid: true });
  });

  it('seals a draft once when two approvals come together', async () => {
    const id = (await add(RULING)).at('id');
    const key = await gateway.parts.keys.get(caseId);
    const first = await port.prepareSeals(caseId, [id]);
    const second = await port.prepareSeals(caseId, [id]);
    await gateway.parts.database.run((tx) => port.seal(tx, key, first, 'judge'));
    await gateway.parts.database.run((tx) => port.seal(tx, key, first, 'judge'));
    const late = gateway.parts.database.run((tx) => port.seal(tx, key, second, 'judge'));
    // The same bytes and the same instant would be the same seal, which does no harm.
    if (second[0]?.document.seal !== first[0]?.document.seal) await expect(late).rejects.toMatchObject({ code: 'stale-version' });
    else await late;
  });

  it('may be voided until it is used', async () => {
    const made = await add(RULING);
    const route = `/api/v1/instruments/${made.at('id')}/void`;
    const used = await add(RULING);
    await sealAll(used.at('id'));
    await gateway.parts.database.run((tx) => port.markUsed(tx, [used.at('id')]));
    expect((await gateway.call('officer', 'POST', route, { reason: '有误' })).at('state')).toBe('void');
    const late = await gateway.call('officer', 'POST', `/api/v1/instruments/${used.at('id')}/void`, { reason: '有误' });
    expect([late.status, late.at('code')]).toEqual([409, 'wrong-state']);
    expect((await port.ofCase(gateway.parts.database.reader, caseId)).map(({ id }) => id)).not.toContain(made.at('id'));
  });
});

describe('the notice of one order', () => {
  it('names its own bank, debtor and accounts only', async () => {
    const notice = await add({ type: 'freeze-notice', number: '2号' });
    const document = await port.renderOrderNotice({
      caseId,
      instrumentId: notice.at('id'),
      orderNumber: '20260310420106000101',
      bankName: '湖北银行',
      debtor: { name: '陈志远', idNumber: '420106190001010019' },
      lines: [{ account: '4201000000000011', detail: '冻结限额人民币66213.50元，2026-03-10至2027-03-09' }],
    });
    const bytes = await gateway.parts.blobs.get(caseId, document.digest);
    const text = (await pdfText(bytes)).join('').replaceAll('\n', '');
    for (const part of ['湖北银行', '20260310420106000101', '4201000000000011', '66213.50', '陈志远']) expect(text).toContain(part);
    expect(text).not.toContain('汉口银行');
    expect(await verdictOf(JSON.parse(document.seal), bytes)).toMatchObject({ valid: true });
  });
});

it('keeps titles, names and numbers of documents out of the database in clear', async () => {
  await add({ ...RULING, title: '关于陈志远的裁定' });
  const row = await loadCase(gateway.parts.database.reader, caseId);
  const stored = JSON.stringify(await instrumentRows(gateway.parts.database.reader, row.id), (_, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value,
  );
  for (const clear of ['陈志远', '周正', Buffer.from('陈志远').toString('latin1')]) expect(stored).not.toContain(clear);
});

async function sealAll(...ids: string[]): Promise<void> {
  const key = await gateway.parts.keys.get(caseId);
  const seals = await port.prepareSeals(caseId, ids);
  await gateway.parts.database.run((tx) => port.seal(tx, key, seals, 'judge'));
}
