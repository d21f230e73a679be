import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, repository } from '#testing';
import { Stage } from './stage/stage.js';

const DASHBOARD = path.join(repository, 'deploy', 'dashboards', 'chakong.json');
const START_MS_MAX = 200_000;

describe('the metrics of a running system', () => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await Stage.open();
  }, START_MS_MAX);

  afterAll(() => stage.close());

  /** Of every process where there are several. */
  async function exposition(): Promise<string> {
    const [, announced] = /^ready (\{.*\})$/m.exec(stage.system.process.output()) ?? [];
    const { origins = {} } = announced === undefined ? {} : (JSON.parse(announced) as { origins?: Record<string, string> });
    const all = announced === undefined ? [stage.system.origin] : Object.values(origins);
    return (await Promise.all(all.map(async (origin) => (await fetch(`${origin}/metrics`)).text()))).join('\n');
  }

  it('are all there that the dashboard asks for', async () => {
    const named = new Set((await readFile(DASHBOARD, 'utf8')).match(/chakong_\w+?(?=_bucket|_count|_sum|[^\w])/g));
    expect(named.size).toBeGreaterThan(15);
    const exported = new Set([...(await exposition()).matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name));
    expect([...named].filter((name) => !exported.has(name))).toEqual([]);
  });

  it('tell of orders, deadlines and the desk by bank', async () => {
    const filed = await stage.fileCase();
    await stage.post({ action: 'inquire', caseId: filed.id, banks: ['wrcb'] });
    await eventually(async () => {
      const text = await exposition();
      return (
        /^chakong_desk_waiting\{bank="wrcb",status="received"\} 1$/m.test(text) &&
        /^chakong_order_deadline_seconds\{bank="wrcb"\} \d/m.test(text)
      );
    });
    expect(await exposition()).toMatch(/^chakong_orders_overdue\{bank="wrcb"\} 0$/m);
    expect(await exposition()).toMatch(/^chakong_bank_open\{bank="wrcb"\} 1$/m);
  });
});
