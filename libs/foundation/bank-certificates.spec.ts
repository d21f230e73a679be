import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SystemClock, systemEntropy, type RealTime } from '#kernel';
import { tempDir, TestAuthority, type TempDir } from '#testing';
import { bankCertificateFiles, bankKeyFolder, ensureBankCertificates } from './index.js';

const DAY_MS = 86_400_000;
const BANK = 'hubeibank';

describe('ensureBankCertificates', () => {
  let folder: TempDir;

  beforeEach(async () => {
    folder = await tempDir('certificates');
  });
  afterEach(() => folder.remove());

  const clock = new SystemClock();
  const after = (days: number): RealTime => Object.assign(new SystemClock(), { realNow: () => clock.realNow() + days * DAY_MS });
  const ensure = (time: RealTime = clock): Promise<void> =>
    ensureBankCertificates(folder.path, BANK, { time, entropy: systemEntropy, hosts: ['localhost', '127.0.0.1'] });
  const contents = async (): Promise<Record<string, string>> => {
    const names = (await readdir(bankKeyFolder(folder.path))).sort();
    const texts = names.map(async (name) => [name, await readFile(path.join(bankKeyFolder(folder.path), name), 'utf8')] as const);
    return Object.fromEntries(await Promise.all(texts));
  };
  const changed = (before: Record<string, string>, now: Record<string, string>): string[] =>
    Object.keys(now).filter((name) => before[name] !== now[name]);

  it('makes both authorities and what they certify once, and keeps secrets to the owner', async () => {
    await ensure();
    const first = await contents();
    expect(Object.keys(first)).toEqual([
      'hubeibank-authority.key.pem',
      'hubeibank-authority.pem',
      'hubeibank-court-authority.key.pem',
      'hubeibank-court-authority.pem',
      'hubeibank-court-client.pem',
      'hubeibank-server.pem',
    ]);
    for (const name of Object.keys(first)) {
      const { mode } = await stat(path.join(bankKeyFolder(folder.path), name));
      expect([name, mode & 0o777]).toEqual([name, name.endsWith('authority.pem') ? 0o644 : 0o600]);
    }
    const server = first['hubeibank-server.pem'] ?? '';
    const certificate = new X509Certificate(server);
    expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(certificate.checkPrivateKey(createPrivateKey(server))).toBe(true);
    expect(certificate.checkIssued(new X509Certificate(first['hubeibank-authority.pem'] ?? ''))).toBe(true);
    await ensure();
    expect(changed(first, await contents())).toEqual([]);
  });

  it('makes anew what runs out, under the same authorities, and these under the same keys', async () => {
    await ensure();
    const first = await contents();
    await ensure(after(360));
    expect(changed(first, await contents())).toEqual([]);
    await ensure(after(370));
    const second = await contents();
    expect(changed(first, second)).toEqual(['hubeibank-court-client.pem', 'hubeibank-server.pem']);
    await ensure(after(3_640));
    const third = await contents();
    expect(changed(second, third)).not.toContain('hubeibank-authority.key.pem');
    const [old, renewed] = [second, third].map((files) => new X509Certificate(files['hubeibank-authority.pem'] ?? ''));
    expect(renewed?.publicKey.equals(old?.publicKey ?? (undefined as never))).toBe(true);
    expect(Date.parse(renewed?.validTo ?? '')).toBeGreaterThan(Date.parse(old?.validTo ?? ''));
  });

  it('leaves alone what came from elsewhere', async () => {
    await ensure();
    const real = await TestAuthority.create('a real bank');
    const { authority, courtClient } = bankCertificateFiles(folder.path, BANK);
    await writeFile(authority, real.cert);
    await rm(authority.replace('.pem', '.key.pem'));
    const before = await contents();
    await ensure(after(370));
    expect(changed(before, await contents())).toEqual([path.basename(courtClient)]);
  });

  it('ends with one set when several processes start at once', async () => {
    await Promise.all([ensure(), ensure(), ensure()]);
    const files = await contents();
    expect(Object.keys(files)).toHaveLength(6);
    for (const [authority, holder] of [
      ['authority', 'server'],
      ['court-authority', 'court-client'],
    ] as const) {
      const pem = files[`hubeibank-${holder}.pem`] ?? '';
      const certificate = new X509Certificate(pem);
      expect(certificate.verify(new X509Certificate(files[`hubeibank-${authority}.pem`] ?? '').publicKey)).toBe(true);
      expect(certificate.checkPrivateKey(createPrivateKey(pem))).toBe(true);
    }
  });
});
