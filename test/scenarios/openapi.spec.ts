import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ROUTES } from './stage/routes.js';
import { Stage } from './stage/stage.js';

type Json = Readonly<Record<string, unknown>>;

interface Operation {
  readonly operationId?: string;
  readonly security?: readonly Json[];
  readonly parameters?: readonly Json[];
  readonly requestBody?: { readonly content?: Json };
  readonly responses: Readonly<Record<string, { readonly description?: string; readonly content?: Json }>>;
}

interface Description {
  readonly openapi: string;
  readonly info: { readonly title?: string; readonly version?: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components?: { readonly schemas?: Json; readonly securitySchemes?: Json };
}

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];

describe('the description of the interface', () => {
  let stage: Stage;
  let description: Description;
  let operations: { name: string; path: string; method: string; operation: Operation }[];

  beforeAll(async () => {
    stage = await Stage.open();
    description = (await stage.system.anonymous.get<Description>('/api/openapi.json')).body;
    operations = Object.entries(description.paths).flatMap(([path, methods]) =>
      Object.entries(methods)
        .filter(([method]) => METHODS.includes(method))
        .map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, path, method, operation })),
    );
  }, 120_000);

  afterAll(() => stage.close());

  /** The names of parameters are free; only their places count. */
  const shapeOf = (path: string) => path.replaceAll(/\{\w+\}/g, '{}');

  it('is OpenAPI 3.1', () => {
    expect(description.openapi).toMatch(/^3\.1\.\d+$/);
    expect(typeof description.info.title).toBe('string');
    expect(typeof description.info.version).toBe('string');
  });

  it('lists every call of the published interface', () => {
    const listed = new Set(operations.map(({ method, path }) => `${method.toUpperCase()} ${shapeOf(path)}`));
    const published = ROUTES.filter(({ path }) => path.startsWith('/api/v1/') || path.startsWith('/ledger/'));
    const missing = published.map(({ method, path }) => `${method} ${shapeOf(path)}`).filter((name) => !listed.has(name));
    expect(missing).toEqual([]);
  });

  it('names each operation once, with its parameters, answers and errors', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    const faults: string[] = [];
    for (const { name, path, operation } of operations) {
      const wanted = [...path.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter);
      const given = (operation.parameters ?? []).filter((parameter) => parameter['in'] === 'path').map((parameter) => parameter['name']);
      if ([...wanted].sort().join() !== [...given].sort().join()) faults.push(`${name}: path parameters ${given.join()}`);
      const statuses = Object.keys(operation.responses);
      if (!statuses.some((status) => /^[23]\d\d$/.test(status) || status === '501')) faults.push(`${name}: no success`);
      if (path.startsWith('/api/v1/') && !statuses.some((status) => /^4\d\d$/.test(status))) faults.push(`${name}: no error`);
      for (const [status, response] of Object.entries(operation.responses))
        if (!/^([1-5]\d\d|default)$/.test(status) || typeof response.description !== 'string') faults.push(`${name}: answer ${status}`);
    }
    expect(faults).toEqual([]);
  });

  it('gives an example of each body that the court side takes or gives', () => {
    const faults: string[] = [];
    for (const { name, path, method, operation } of operations) {
      if (!path.startsWith('/api/v1/')) continue;
      const body = operation.requestBody?.content?.['application/json'];
      if (method !== 'get' && body !== undefined && !hasExample(body)) faults.push(`${name}: body`);
      const success = Object.entries(operation.responses).find(([status]) => /^2\d\d$/.test(status))?.[1];
      const answer = success?.content?.['application/json'];
      if (answer !== undefined && !hasExample(answer)) faults.push(`${name}: answer`);
    }
    expect(faults).toEqual([]);
  });

  it('has no reference that leads nowhere', () => {
    const text = JSON.stringify(description);
    const dangling = [...text.matchAll(/"\$ref":"#\/([^"]+)"/g)]
      .map(([, pointer = '']) => pointer)
      .filter((pointer) => pointer.split('/').reduce<unknown>((at, step) => (at as Json | undefined)?.[step], description) === undefined);
    expect([...new Set(dangling)]).toEqual([]);
  });

  it('is browsable', async () => {
    const page = await stage.system.anonymous.get<string>('/api/docs');
    expect([page.status, page.headers.get('content-type')?.split(';')[0]]).toEqual([200, 'text/html']);
  });

  /** An example stands beside the schema, in it, or in each of the members it names. */
  function hasExample(media: unknown): boolean {
    const { example, examples, schema } = media as Json;
    return example !== undefined || examples !== undefined || schemaHasExample(schema, 0);
  }

  function schemaHasExample(schema: unknown, depth: number): boolean {
    if (typeof schema !== 'object' || schema === null || depth > 6) return false;
    const { example, examples, properties, items, $ref, allOf, oneOf, anyOf } = schema as Json;
    if (example !== undefined || examples !== undefined || (schema as Json)['enum'] !== undefined) return true;
    if (typeof $ref === 'string') {
      const target = $ref
        .slice(2)
        .split('/')
        .reduce<unknown>((at, step) => (at as Json | undefined)?.[step], description);
      return schemaHasExample(target, depth + 1);
    }
    if (items !== undefined) return schemaHasExample(items, depth + 1);
    const parts = [allOf, oneOf, anyOf].flatMap((list) => (Array.isArray(list) ? (list as unknown[]) : []));
    if (parts.length > 0) return parts.some((part) => schemaHasExample(part, depth + 1));
    const members = Object.values((properties ?? {}) as Json);
    return members.some((member) => schemaHasExample(member, depth + 1));
  }
});
