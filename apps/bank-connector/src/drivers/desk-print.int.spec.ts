import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SystemClock } from '#kernel';
import { eventually, tempDir, type TempDir } from '#testing';
import { sealDocument } from '#trust';
import { testProfile } from '../testing/rig.js';
import { runConnector, type RunningConnector } from '../testing/running-connector.js';
import { CASE_ID, PDF, sampleFreeze } from '../testing/sample-orders.js';

const BANK = 'wrcb';
const PNG = Buffer.from('89504e470d0a1a0a00', 'hex');

describe('the print-out for the counter', () => {
  let folder: TempDir;
  let connector: RunningConnector;
  const clock = new SystemClock();

  beforeEach(async () => {
    folder = await tempDir('print');
    connector = await runConnector(folder.path, clock, [{ profile: testProfile(BANK, 'manual-desk') }]);
  });

  afterEach(async () => {
    await connector.close();
    await folder.remove();
  });

  /** An order whose documents carry this seal, printed. */
  const printed = async (seal: string, as = 'clerk') => {
    const { rig } = connector;
    const image = await rig.parts.blobs.put(CASE_ID, PNG);
    const plain = sampleFreeze(rig, connector.digest);
    const order = {
      ...plain,
      debtor: { ...plain.debtor, name: '<script>陈</script>' },
      documents: plain.documents.map((document) => ({ ...document, seal })),
      officer: { ...plain.officer, credentials: [{ kind: 'work' as const, number: '鄂0106-0231', imageDigest: image.digest }] },
    };
    await rig.dispatch([order]);
    const token = await connector.token('clerk.wrcb', ['clerk'], BANK);
    const path = `${connector.address}/api/v1/desk/orders/${order.orderNumber}/print`;
    const get = async (bearer: string) => fetch(path, { headers: { authorization: `Bearer ${bearer}` } });
    await eventually(async () => (await get(token)).status === 200);
    const answer = await get(as === 'clerk' ? token : await connector.token('clerk.other', ['clerk'], 'otherbank'));
    return { order, answer, page: await answer.text() };
  };
  const sealed = async (bytes: Buffer, sealer = '420106') =>
    JSON.stringify(await sealDocument(connector.rig.parts.courtSigner, sealer, bytes, clock.now()));

  it('shows the order, the seals that hold and the scans, and nothing in it runs', async () => {
    const { order, answer, page } = await printed(await sealed(PDF));
    for (const text of [order.orderNumber, order.case.number, order.debtor.idNumber, order.lines[0]?.account ?? '?', '鄂0106-0231'])
      expect(page).toContain(text);
    expect(page.match(/<td>通过<\/td>/g)).toHaveLength(order.documents.length);
    expect(page).not.toContain('未通过核验');
    expect(page).toContain(`src="data:image/png;base64,${PNG.toString('base64')}"`);
    expect(page).toContain('&lt;script&gt;陈&lt;/script&gt;');
    expect(page).not.toContain('<script');
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    });
    expect(connector.rig.heard.facts.some(({ type }) => type === 'desk.read')).toBe(true);
  }, 30_000);

  it.each<[string, () => Promise<string>, string]>([
    ['other bytes', () => sealed(Buffer.from('other')), '与签章时不一致'],
    ['another court', () => sealed(PDF, '420100'), '密钥不是本院所用'],
    ['no seal', () => Promise.resolve('no JSON'), '签章记录无法识别'],
  ])(
    'warns of a seal over %s',
    async (_, seal, words) => {
      const { page } = await printed(await seal());
      expect(page).toContain(words);
      expect(page).toContain('不得据此办理');
      expect(page).not.toContain('<td>通过</td>');
    },
    30_000,
  );

  it('is not for the clerks of another bank', async () => {
    const { answer, page } = await printed(await sealed(PDF), 'stranger');
    expect(answer.status).toBe(404);
    expect(page).not.toContain('420106190001010019');
  }, 30_000);
});
