import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '#testing';
import { Stage } from './stage/stage.js';
import type { List } from './stage/views.js';

interface Entry {
  readonly leaf: { readonly source: string };
}

const DOORS = [
  ['the gateway', '/api/v1/dead-letters', '/gateway-answers/nothing', 'request.refused', 'court-gateway'],
  ['a connector', '/api/v1/connectors/hankoubank/dead-letters', '/nothing', 'dead-letter.refused', 'bank-connector/hankoubank'],
  ['the ledger', '/api/v1/ledger/dead-letters', '/nothing', 'dead-letter.refused', 'audit-ledger'],
] as const;

describe('the doors to dead letters', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open();
  }, 120_000);
  afterAll(() => stage.close());

  it.each(DOORS)('of %s are one word for all, and what was refused there is a fact', async (_, door, letter, type, source) => {
    const { items } = await stage.admin.read<List<unknown>>(door);
    expect(items).toEqual([]);
    const refused = await stage.admin.post<{ code: string }>(`${door}${letter}/redrive`, { reason: '查无此信' });
    expect([refused.status, refused.body.code]).toEqual([404, 'not-found']);
    // It leaves by the outbox of the process, under the account that this process has on the database.
    await eventually(async () => {
      const found = await stage.as('auditor').read<List<Entry>>(`/ledger/v1/entries?type=${type}`);
      return found.items.some(({ leaf }) => leaf.source === source);
    }, 20_000);
  });
});
