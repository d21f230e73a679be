import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { send, startGateway, type GatewayFixture } from './testing/gateway-fixture.js';

interface Operation {
  readonly summary?: string;
  readonly parameters?: readonly { name: string }[];
  readonly responses: Readonly<Record<string, { content?: Readonly<Record<string, { example?: unknown; examples?: object }>> }>>;
}

interface Description {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

let gateway: GatewayFixture;
let description: Description;
let operations: readonly { name: string; method: string; operation: Operation }[];
beforeAll(async () => {
  gateway = await startGateway({ seed: false });
  description = (await send(gateway.url, 'GET', '/api/openapi.json')).body as Description;
  operations = Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, method, operation })),
  );
});
afterAll(() => gateway.close());

/** The answers of a route that is no read and yet needs no key, because it changes nothing or is not under the key's rule. */
const WITHOUT_KEY = /reveal|auth\/token|requests\/batch|freeze-plan/;

describe('the description of the interface', () => {
  it('is OpenAPI 3.1 and names every call of this app', () => {
    expect(description.openapi).toBe('3.1.0');
    const names = operations.map(({ name }) => name);
    for (const name of [
      'POST /api/v1/auth/token',
      'GET /api/v1/auth/oidc/login',
      'GET /api/v1/auth/oidc/callback',
      'GET /api/v1/officers',
      'POST /api/v1/officers',
      'PUT /api/v1/officers/{id}',
      'PUT /api/v1/officers/{id}/filings/{bank}',
      'PUT /api/v1/courts/{code}/accounts',
      'POST /api/v1/cases',
      'GET /api/v1/cases',
      'GET /api/v1/cases/{id}',
      'PUT /api/v1/cases/{id}/debt',
      'PUT /api/v1/cases/{id}/court-account',
      'POST /api/v1/cases/{id}/changes/{changeId}/approval',
      'POST /api/v1/cases/{id}/satisfactions',
      'POST /api/v1/cases/{id}/close',
      'POST /api/v1/cases/import',
      'GET /api/v1/imports/{id}',
      'POST /api/v1/cases/{id}/instruments',
      'GET /api/v1/instruments/{id}/content',
      'POST /api/v1/parties/{id}/reveal',
    ]) {
      expect(names).toContain(name);
    }
  });

  it('says of every call what it is for, and shows a good answer and every error with an example', () => {
    const faults = operations.flatMap(({ name, operation }) => {
      const lacking: string[] = [];
      if (!operation.summary) lacking.push('summary');
      const answers = Object.entries(operation.responses);
      const good = answers.filter(([status]) => status.startsWith('2'));
      // What comes later answers 501 and has no good answer yet.
      if (good.length !== 1 && !operation.responses['501']) lacking.push(`${good.length} good answers`);
      const content = good[0]?.[1].content ?? {};
      if (content['application/json'] && content['application/json'].example === undefined) lacking.push('example');
      for (const status of ['400', '503']) if (!operation.responses[status]) lacking.push(status);
      // What leads elsewhere is good, and has no content.
      for (const [status, answer] of answers.filter(([each]) => !/^[23]/.test(each))) {
        if (!answer.content?.['application/problem+json']?.examples) lacking.push(`problem ${status}`);
      }
      return lacking.map((each) => `${name}: ${each}`);
    });
    expect(faults).toEqual([]);
  });

  it('asks for an idempotency key on every write', () => {
    const without = operations
      .filter(({ method, name }) => method !== 'get' && !WITHOUT_KEY.test(name))
      .filter(({ operation }) => !operation.parameters?.some(({ name }) => name === 'Idempotency-Key'))
      .map(({ name }) => name);
    expect(without).toEqual([]);
  });
});
