import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { parse } from 'yaml';
import { repository } from '#testing';

interface Service {
  readonly image?: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly user?: string;
  readonly read_only?: boolean;
  readonly privileged?: boolean;
  readonly network_mode?: string;
  readonly init?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly profiles?: readonly string[];
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly restart?: string;
  readonly stop_grace_period?: string;
  readonly logging?: { readonly options?: Readonly<Record<string, string>> };
  readonly healthcheck?: {
    readonly test?: readonly string[];
    readonly disable?: boolean;
    readonly retries?: number;
    readonly timeout?: string;
  };
  readonly deploy?: { readonly resources?: { readonly limits?: Readonly<Record<string, string | number>> } };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

const text = await readFile(path.join(repository, 'docker-compose.yml'), 'utf8');
const example = await readFile(path.join(repository, 'deploy', 'compose.env.example'), 'utf8');
const VARIABLE = /\$\{(\w+)(:[-?])?([^}]*)\}/g;
const SECRET_NAME = /PASSWORD|SECRET|TOKEN|PRIVATE|_KEY$/;

/** As Compose reads it when every variable that must be set is set to `set`. */
const resolved = text.replace(VARIABLE, (_, _name: string, kind: string, rest: string) => (kind === ':-' ? rest : 'set'));
const compose = parse(resolved, { merge: true }) as { services: Record<string, Service>; volumes: Record<string, unknown> };
const services = Object.entries(compose.services);
const isOneShot = (name: string) => ['migrate', 'play'].includes(name);
/** Its image writes settings into its own folder at each start. */
const WRITES_ITS_ROOT = ['kafka'];
/** Their own start scripts take the rights away that they need no longer. */
const STARTS_AS_ROOT = ['mysql'];

describe('docker-compose.yml', () => {
  it("is valid against the Compose Specification's schema, and the check notices what is not", async () => {
    const file = path.join(repository, 'node_modules', 'docker-compose', 'schema', 'compose-spec.json');
    const { $schema: _dialect, ...schema } = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
    const ajv = new Ajv({ strict: false, allErrors: true });
    formats.default(ajv);
    const own = { ports: /^\S+$/, expose: /^\S+$/, duration: /^(\d+(ms|h|m|s))+$/, subnet_ip_address: /^\S+$/ };
    for (const [name, form] of Object.entries(own)) ajv.addFormat(name, form);
    const validate = ajv.compile(schema);
    expect([validate(compose), validate.errors]).toEqual([true, null]);
    const { kafka } = compose.services;
    const wrongs = [{ restrt: 'always' }, { stop_grace_period: 5 }, { depends_on: { mysql: { condition: 'healthy' } } }];
    const taken = wrongs.filter((wrong) => validate({ ...compose, services: { kafka: { ...kafka, ...wrong } } }));
    expect(taken).toEqual([]);
  });

  it('holds every part of the profile', () => {
    const banks = services.flatMap(([, { environment }]) => environment?.['CHAKONG_BANKS'] ?? []);
    expect(banks.sort()).toEqual(['hankoubank', 'hbrcu', 'hubeibank', 'wrcb']);
    const parts = ['kafka', 'mysql', 'migrate', 'court-gateway', 'audit-ledger', 'bank-simulator', 'entrance', 'prometheus', 'grafana'];
    expect(services.map(([name]) => name)).toEqual(expect.arrayContaining(parts));
  });

  it('names only files and volumes that are there, and apps that have such an entry', () => {
    for (const [name, { build, volumes = [], command = [] }] of services) {
      if (build) {
        expect([name, existsSync(path.join(repository, build.context, build.dockerfile))]).toEqual([name, true]);
        const [entry = ''] = command;
        expect([entry, existsSync(path.join(repository, entry.replace(/\.js$/, '.ts')))]).toEqual([entry, true]);
      }
      for (const mount of volumes) {
        const [from = '', , mode] = mount.split(':');
        if (from.startsWith('.')) expect([mount, existsSync(path.join(repository, from)), mode]).toEqual([mount, true, 'ro']);
        else expect(Object.keys(compose.volumes)).toContain(from);
      }
    }
  });

  it.each(services)('%s is checked, limited, restarted and stopped in order', (name, service) => {
    const { healthcheck, deploy, restart, stop_grace_period: grace, init, logging, image } = service;
    if (isOneShot(name)) {
      expect(healthcheck?.disable).toBe(true);
      expect(restart).toMatch(/^on-failure:\d$/);
    } else {
      expect(healthcheck?.test?.[0]).toMatch(/^CMD/);
      expect([typeof healthcheck?.retries, typeof healthcheck?.timeout]).toEqual(['number', 'string']);
      expect(restart).toBe('unless-stopped');
    }
    expect(Object.keys(deploy?.resources?.limits ?? {}).sort()).toEqual(['cpus', 'memory', 'pids']);
    // Longer than the 20 s that an app takes at most.
    expect(Number(/^(\d+)s$/.exec(grace ?? '')?.[1])).toBeGreaterThanOrEqual(30);
    expect([init, logging?.options?.['max-size']]).toEqual([true, '10m']);
    expect(image).toMatch(/^[a-z0-9./-]+:(v?\d+\.\d+\.\d+(-\w+)?|local)$/);
  });

  it.each(services)('%s has no more rights than it needs', (name, service) => {
    expect(service.security_opt).toEqual(['no-new-privileges:true']);
    expect([service.privileged, service.network_mode]).toEqual([undefined, undefined]);
    expect(service.read_only ?? false).toBe(!WRITES_ITS_ROOT.includes(name));
    expect(service.cap_drop ?? []).toEqual(STARTS_AS_ROOT.includes(name) ? [] : ['ALL']);
    if (service.build) expect(service.user).toBe('node');
    if (service.ports && name !== 'entrance') expect(service.ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });

  it('starts everything after what it needs, by health and without a circle', () => {
    const started = new Set<string>();
    for (let left = services; left.length > 0;) {
      const next = left.filter(([, { depends_on: needs = {} }]) => Object.keys(needs).every((name) => started.has(name)));
      expect(next).not.toEqual([]);
      for (const [name] of next) started.add(name);
      left = left.filter(([name]) => !started.has(name));
    }
    for (const [, { depends_on: needs = {} }] of services) {
      for (const [name, { condition }] of Object.entries(needs)) {
        expect([name, condition]).toEqual([name, isOneShot(name) ? 'service_completed_successfully' : 'service_healthy']);
      }
    }
    for (const [name, { environment = {}, depends_on: needs = {} }] of services) {
      if (environment['DATABASE_ACCOUNT'] !== undefined)
        expect([name, Object.keys(needs)]).toEqual([name, expect.arrayContaining(['migrate'])]);
    }
  });

  it('holds no secret: each comes from a variable that must be set and that the example leaves empty', () => {
    const secrets = new Map([...text.matchAll(VARIABLE)].map(([, name = '', kind]) => [name, kind] as const));
    for (const [name, kind] of secrets) {
      expect([name, example.includes(`\n${name}=`)]).toEqual([name, true]);
      if (!SECRET_NAME.test(name)) continue;
      expect([name, kind]).toEqual([name, ':?']);
      expect(example).toMatch(new RegExp(`^${name}=$`, 'm'));
    }
    const raw = parse(text, { merge: true }) as { services: Record<string, Service> };
    for (const { environment = {} } of Object.values(raw.services)) {
      for (const [name, value] of Object.entries(environment)) if (SECRET_NAME.test(name)) expect(value).toMatch(/^\$\{\w+:\?/);
    }
    expect(text).not.toMatch(/:\/\/[^\s:@/]+:(?!\$\{)[^\s@/]+@/);
  });

  it('lets only the migration have the account that may do everything', () => {
    const withRoot = services.filter(([, { environment = {} }]) => /:\/\/root:/.test(environment['DATABASE_URL'] ?? ''));
    expect(withRoot.map(([name]) => name)).toEqual(['migrate']);
    const accounts = new Map(services.map(([name, { environment = {} }]) => [name, environment['DATABASE_ACCOUNT']]));
    expect([accounts.get('audit-ledger'), accounts.get('court-gateway'), accounts.get('bank-simulator')]).toEqual([
      'ledger_append',
      'app_rw',
      undefined,
    ]);
  });

  it('sends each address to a service that is there', async () => {
    const files = ['deploy/images/entrance.conf', 'deploy/dashboards/prometheus.yaml', 'deploy/dashboards/grafana-datasources.yaml'];
    const texts = [resolved, ...(await Promise.all(files.map((file) => readFile(path.join(repository, file), 'utf8'))))];
    const hosts = texts.flatMap((each) =>
      [...each.matchAll(/(?:http:\/\/|server |['@ ])([a-z][a-z-]+):(\d{4})\b/g)].map(([, host = '']) => host),
    );
    expect(hosts.length).toBeGreaterThan(15);
    for (const host of hosts) expect([...Object.keys(compose.services), 'localhost']).toContain(host);
    const names = parse(texts[2] ?? '') as { scrape_configs: { dns_sd_configs?: { names: string[] }[] }[] };
    for (const name of names.scrape_configs.flatMap(({ dns_sd_configs: found = [] }) => found.flatMap((each) => each.names))) {
      expect(Object.keys(compose.services)).toContain(name);
    }
  });
});
