import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { silentLog, SystemClock } from '#kernel';
import { builtFile } from '#testing';
import type { DocumentContent } from '../../use-cases/make-instrument/renderer.js';
import { DirectRenderer } from './direct-renderer.js';
import { WorkerRenderer } from './worker-renderer.js';

const WAITING_MAX = 20;
const BUILD_MS_MAX = 120_000;
let renderer: WorkerRenderer;
beforeAll(async () => {
  renderer = new WorkerRenderer(new SystemClock(), silentLog, {
    workerFile: await builtFile('apps/court-gateway/src/adapters/render/render-worker.ts'),
    waitingMax: WAITING_MAX,
  });
}, BUILD_MS_MAX);
afterAll(() => renderer.close());

function content(number: string): DocumentContent {
  return {
    type: 'freeze-notice',
    courtName: '武汉市武昌区人民法院',
    caseNumber: '(2026)鄂0106执1234号',
    number,
    title: '协助冻结存款通知书',
    addressee: '湖北银行',
    debtors: [{ name: '陈志远', idNumber: '420106190001010019' }],
    paragraphs: ['请予冻结。'.repeat(40)],
    lines: [{ account: '4201000000000011', detail: '冻结限额人民币66213.50元' }],
    date: '2026年3月10日',
    mark: 'sealed',
  };
}

describe('the worker pool', () => {
  it('makes the very bytes that rendering in the thread makes', async () => {
    const direct = new DirectRenderer();
    const numbers = ['一', '二', '三', '四'];
    const made = await Promise.all(numbers.map((number) => renderer.render(content(number))));
    for (const [index, number] of numbers.entries()) expect(made[index]).toEqual(await direct.render(content(number)));
  });

  it('refuses more documents than may wait and goes on afterwards', async () => {
    const attempts = Array.from({ length: WAITING_MAX + 40 }, () => renderer.render(content('五')));
    const outcomes = await Promise.allSettled(attempts);
    const refused = outcomes.filter((each) => each.status === 'rejected');
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.length).toBeLessThanOrEqual(40);
    for (const each of refused) expect(each.reason).toMatchObject({ code: 'unavailable', retryable: true });
    expect((await renderer.render(content('六'))).subarray(0, 5).toString()).toBe('%PDF-');
  });
});
