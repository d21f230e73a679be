import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fen, Stage, sumOf, yuan } from '../scenarios/stage/stage.js';
import type { CaseView, List } from '../scenarios/stage/views.js';
import { contradictions, ledgerVerdict } from './promises.js';

/** Lines of the play after which the process is killed: the inquiry is on its way; the freeze is approved; the deduction is. */
const KILL_AFTER = [/向四家银行发出查询/, /执行法官审批，裁定书/, /提交扣划请求/];
const PLAY_MS_MAX = 150_000;

describe('the demo play, killed three times on its way', () => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await Stage.open({ demo: 'play' });
    for (const line of KILL_AFTER) {
      await stage.system.process.waitForLine(line, PLAY_MS_MAX);
      await stage.restart('kill', { demo: 'play' });
    }
    await stage.system.process.waitForLine(/\/ledger\/checkpoint/, PLAY_MS_MAX);
  }, 400_000);

  afterAll(() => stage.close());

  it('ends as if nothing had happened', async () => {
    const { items } = await stage.officer.read<List<CaseView>>('/api/v1/cases');
    expect(items).toHaveLength(2);
    const main = items.find(({ caseNumber }) => caseNumber.endsWith('执1234号'));
    expect(await stage.case(main?.id ?? '')).toMatchObject({ status: 'closed', collected: yuan('189197.50'), outstanding: yuan('0.00') });
  });

  it('has moved each sum once', async () => {
    expect(await contradictions(stage)).toEqual([]);
    const rows = (await Promise.all(['hubeibank', 'hankoubank', 'hbrcu', 'wrcb'].map((bank) => stage.journal(bank)))).flat();
    expect(sumOf(rows.filter(({ action }) => action === 'deduct').map(({ amount }) => amount?.amount))).toBe(fen('189197.50'));
    expect(await ledgerVerdict(stage)).toBe('ok');
  });
});
