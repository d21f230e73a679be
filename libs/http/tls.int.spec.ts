import { writeFile } from 'node:fs/promises';
import { request as plainRequest } from 'node:http';
import { request, type RequestOptions } from 'node:https';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { silentLog } from '#kernel';
import { tempDir, TestAuthority, type TempDir } from '#testing';
import { createHttpServer, readTlsFiles, type TlsSettings } from './index.js';

@Controller('hello')
class HelloController {
  @Get()
  hello() {
    return { hello: 'world' };
  }
}

@Module({ controllers: [HelloController] })
class HelloModule {}

const authority = await TestAuthority.create('court authority');
const stranger = await TestAuthority.create('another authority');
const own = await authority.issue('gateway', { hosts: ['localhost', '127.0.0.1'] });

let app: NestFastifyApplication | undefined;
afterEach(() => app?.close());

async function serve(tls?: TlsSettings): Promise<URL> {
  app = await createHttpServer(HelloModule, silentLog, { tls });
  await app.listen(0, '127.0.0.1');
  return new URL('/hello', await app.getUrl());
}

/** The status of one call, or `refused` when no answer came. */
function ask(url: URL, options: RequestOptions = {}): Promise<number | 'refused'> {
  return new Promise((resolve) => {
    const send = url.protocol === 'https:' ? request : plainRequest;
    send(url, { ...options, agent: false }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    })
      .on('error', () => resolve('refused'))
      .end();
  });
}

describe('a server with TLS', () => {
  it('answers whoever trusts its authority and nobody else', async () => {
    const url = await serve(own);
    expect(url.protocol).toBe('https:');
    expect(await ask(url, { ca: authority.cert })).toBe(200);
    expect(await ask(url)).toBe('refused');
    expect(await ask(url, { ca: stranger.cert })).toBe('refused');
    expect(await ask(url, { ca: authority.cert, servername: 'elsewhere.example' })).toBe('refused');
  });

  it('speaks no plain HTTP and no version before 1.2', async () => {
    const url = await serve(own);
    expect(await ask(new URL(url.href.replace('https:', 'http:')))).toBe('refused');
    expect(await ask(url, { ca: authority.cert, maxVersion: 'TLSv1.2' })).toBe(200);
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    expect(await ask(url, { ca: authority.cert, ...old })).toBe('refused');
  });

  it('lets in only clients of its authority when it asks for certificates', async () => {
    const url = await serve({ ...own, ca: authority.cert, requestClientCert: true });
    expect(await ask(url, { ca: authority.cert, ...(await authority.issue('court system')) })).toBe(200);
    expect(await ask(url, { ca: authority.cert })).toBe('refused');
    expect(await ask(url, { ca: authority.cert, ...(await stranger.issue('court system')) })).toBe('refused');
    expect(await ask(url, { ca: authority.cert, ...(await authority.issue('court system', { to: Date.now() - 60_000 })) })).toBe('refused');
  });

  it('is a plain one without it', async () => {
    const url = await serve();
    expect([url.protocol, await ask(url)]).toEqual(['http:', 200]);
  });
});

describe('the files of TLS', () => {
  let folder: TempDir;
  const file = (name: string) => path.join(folder.path, name);
  const day = 86_400_000;

  beforeAll(async () => {
    folder = await tempDir('tls');
    const ended = await authority.issue('gateway', { from: Date.now() - 2 * day, to: Date.now() - day });
    const early = await authority.issue('gateway', { from: Date.now() + day, to: Date.now() + 2 * day });
    const files = {
      'own.pem': `${own.cert}${authority.cert}`,
      'own.key': own.key,
      'other.key': (await authority.issue('other')).key,
      'ca.pem': authority.cert,
      'ended.pem': ended.cert,
      'ended.key': ended.key,
      'early.pem': early.cert,
      'early.key': early.key,
      'broken.pem': own.cert.replace(/[A-Za-z0-9+/]{40}/, 'A'.repeat(40)),
      'none.pem': 'hello',
    };
    for (const [name, text] of Object.entries(files)) await writeFile(file(name), text);
  });
  afterAll(() => folder.remove());

  const read = (certFile: string, keyFile: string, rest: { caFile?: string; requestClientCert?: boolean } = {}) =>
    readTlsFiles({ certFile: file(certFile), keyFile: file(keyFile), ...rest }, Date.now());

  it('are read and serve', async () => {
    const tls = await read('own.pem', 'own.key', { caFile: file('ca.pem'), requestClientCert: true });
    expect(await ask(await serve(tls), { ca: authority.cert, ...(await authority.issue('client')) })).toBe(200);
  });

  it.each<[string, string, string, RegExp]>([
    ['a certificate that is not there', 'gone.pem', 'own.key', /gone\.pem is missing/],
    ['a key that is not there', 'own.pem', 'gone.key', /gone\.key is missing/],
    ['both of them', 'gone.pem', 'gone.key', /gone\.pem is missing; .*gone\.key is missing/],
    ['a folder', '.', 'own.key', /cannot be read/],
    ['a key of another certificate', 'own.pem', 'other.key', /other\.key does not fit the certificate .*own\.pem/],
    ['a certificate that has ended', 'ended.pem', 'ended.key', /ended\.pem was good until/],
    ['a certificate that is not yet good', 'early.pem', 'early.key', /early\.pem is good from/],
    ['a certificate that is none', 'none.pem', 'own.key', /none\.pem holds no PEM certificate/],
    ['a certificate that is broken', 'broken.pem', 'own.key', /broken\.pem is no certificate/],
    ['a certificate for a key', 'own.pem', 'ca.pem', /ca\.pem holds no private key/],
  ])('are refused with %s', async (_, certFile, keyFile, fault) => {
    await expect(read(certFile, keyFile)).rejects.toMatchObject({ code: 'invalid-configuration', message: expect.stringMatching(fault) });
  });

  it('are refused when clients are asked for certificates of nobody in particular', async () => {
    await expect(read('own.pem', 'own.key', { requestClientCert: true })).rejects.toThrow(/authorities/);
    await expect(read('own.pem', 'own.key', { caFile: file('none.pem') })).rejects.toThrow(/none\.pem holds no PEM certificate/);
  });

  it('never show a key in an error', async () => {
    const error = await read('own.key', 'own.pem').catch(String);
    expect(error).not.toContain(own.key.split('\n')[1]);
  });
});
