import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import ssh2 from 'ssh2';
import { SystemClock, systemEntropy } from '#kernel';
import { eventually, SftpHost, tempDir, type SftpRequest, type TempDir } from '#testing';
import { Ed25519Signer, newPrivateKeyPem, sshKeyBlob, sshPrivateKey, sshPublicKey } from '#trust';
import { PACKAGE_BYTES_MAX } from '../limits.js';
import { writeSeal } from '../seal.js';
import { SftpExchange } from './sftp-exchange.js';

const SIGNATURE = 'bank-1;ed25519;c2ln';

describe('an exchange over SFTP', () => {
  const clock = new SystemClock();
  let folder: TempDir;
  let host: SftpHost;
  const opened: SftpExchange[] = [];

  beforeEach(async () => {
    folder = await tempDir('sftp');
    host = new SftpHost(folder.path);
    await host.start();
  });

  afterEach(async () => {
    await Promise.all(opened.splice(0).map((exchange) => exchange.close()));
    await host.stop();
    await folder.remove();
  });

  const makeFolders = async (branches: readonly { readonly institution: string }[]): Promise<void> => {
    for (const { institution } of branches) {
      for (const part of ['down/done', 'up/failed']) await mkdir(join(folder.path, institution, part), { recursive: true });
    }
  };
  const branchesOf = (count: number) =>
    Array.from({ length: count }, (_, i) => ({ legalPerson: `p${i}`, institution: `D901H10142${String(i).padStart(7, '0')}` }));
  const exchangeOf = async (
    count = 1,
    over: Partial<{ hostKey: string; clientKeyPem: string; deadlineMs: number }> = {},
  ): Promise<SftpExchange> => {
    const branches = branchesOf(count);
    await makeFolders(branches);
    const { hostname, port } = new URL(host.address);
    const sftp = {
      address: () => ({ host: hostname, port: Number(port) }),
      user: 'court',
      clientKey: sshPrivateKey(over.clientKeyPem ?? host.clientKeyPem),
      hostKey: sshKeyBlob(over.hostKey ?? host.hostKey),
      connectMs: 5_000,
      deadlineMs: over.deadlineMs ?? 5_000,
    };
    const exchange = new SftpExchange({ sftp, branches }, clock);
    opened.push(exchange);
    return exchange;
  };
  const path = (...parts: string[]): string => join(folder.path, branchesOf(1)[0]?.institution ?? '', ...parts);
  const put = async (legal: number, name: string, bytes: Buffer, sealed = bytes): Promise<void> => {
    const up = join(folder.path, branchesOf(legal + 1)[legal]?.institution ?? '', 'up');
    await writeFile(join(up, `${name}.sig`), writeSeal(sealed, SIGNATURE));
    await writeFile(join(up, name), bytes);
  };
  const file = { legalPerson: 'p0', name: 'KZQQ.zip', bytes: Buffer.alloc(100_000, 'x'), signature: SIGNATURE };
  /** As the driver does: each turn tries again, and the link decides when it connects. */
  const again = <T>(work: () => Promise<T>): Promise<T> =>
    eventually(async () => ({ value: await work() }), 10_000).then(({ value }) => value);

  it('knows an Ed25519 key of ours in the form of SSH', async () => {
    for (let i = 0; i < 20; i++) {
      const pem = newPrivateKeyPem(systemEntropy);
      const signer = new Ed25519Signer(pem);
      const parsed = ssh2.utils.parseKey(sshPrivateKey(pem));
      if (parsed instanceof Error) throw parsed;
      expect(parsed.sign('bytes')).toEqual(await signer.sign(Buffer.from('bytes')));
      expect(parsed.getPublicSSH()).toEqual(sshKeyBlob(sshPublicKey(signer.publicKey)));
    }
  });

  it('writes the seal and the package, each by a rename, and forgets what is over', async () => {
    const exchange = await exchangeOf();
    await exchange.write(file);
    await exchange.write(file);
    expect((await readdir(path('down'))).sort()).toEqual(['KZQQ.zip', 'KZQQ.zip.sig', 'done']);
    expect(await readFile(path('down', 'KZQQ.zip'))).toEqual(file.bytes);
    expect(await readFile(path('down', 'KZQQ.zip.sig'))).toEqual(writeSeal(file.bytes, SIGNATURE));
    expect(await exchange.isWaiting('p0', file.name)).toBe(true);
    await writeFile(path('down', 'done', file.name), '');
    await exchange.forget('p0', file.name);
    await exchange.forget('p0', file.name);
    expect(await exchange.isWaiting('p0', file.name)).toBe(false);
    expect([...(await readdir(path('down'))), ...(await readdir(path('down', 'done')))]).toEqual(['done']);
  });

  it('takes only complete packages, and says of each what its seal is worth', async () => {
    const exchange = await exchangeOf();
    const large = Buffer.alloc(300_001, 'é');
    await put(0, 'a.zip', large);
    await put(0, 'b.zip', Buffer.from('B'), Buffer.from('other'));
    await writeFile(path('up', 'c.zip'), 'C');
    await writeFile(path('up', 'd.zip.tmp'), 'D');
    expect(await exchange.waiting(10)).toEqual([
      { legalPerson: 'p0', name: 'a.zip', bytes: large, signature: SIGNATURE, digest: 'matches' },
      { legalPerson: 'p0', name: 'b.zip', bytes: Buffer.from('B'), signature: SIGNATURE, digest: 'differs' },
      { legalPerson: 'p0', name: 'c.zip', bytes: Buffer.from('C'), signature: undefined, digest: 'absent' },
    ]);
    await exchange.finish({ legalPerson: 'p0', name: 'a.zip' }, 'taken');
    await exchange.finish({ legalPerson: 'p0', name: 'b.zip' }, 'failed');
    await exchange.finish({ legalPerson: 'p0', name: 'b.zip' }, 'failed');
    expect((await readdir(path('up'))).sort()).toEqual(['c.zip', 'd.zip.tmp', 'failed']);
    expect(await readFile(path('up', 'failed', 'b.zip'), 'utf8')).toBe('');
  });

  it('reads nothing of a package that is too large, which then is as good as damaged', async () => {
    const exchange = await exchangeOf();
    await put(0, 'a.zip', Buffer.alloc(PACKAGE_BYTES_MAX + 1));
    expect(await exchange.waiting(10)).toMatchObject([{ bytes: Buffer.alloc(0), digest: 'differs' }]);
  });

  it('serves eighty legal persons over one connection, and none of them waits for another', async () => {
    const exchange = await exchangeOf(80);
    for (let i = 0; i < 80; i++) await put(i, 'a.zip', Buffer.from(String(i)));
    for (let n = 0; n < 30; n++) await put(0, `b${n}.zip`, Buffer.from('busy'));
    const files = await exchange.waiting(100);
    expect(new Set(files.map(({ legalPerson }) => legalPerson)).size).toBe(80);
    expect(files.length).toBe(100);
    for (const one of files.filter(({ name }) => name === 'a.zip')) expect(`p${one.bytes.toString()}`).toBe(one.legalPerson);
    expect(host.connections).toBe(1);
  });

  const requests: readonly SftpRequest[] = ['OPEN', 'WRITE', 'CLOSE', 'RENAME'];
  it.each(requests.flatMap((at) => [1, 2].flatMap((hit) => (['before', 'after'] as const).map((when) => ({ at, hit, when })))))(
    'leaves no half of a package and writes it in the end when the line breaks $when $at $hit',
    async (planned) => {
      const exchange = await exchangeOf();
      host.breakAt(planned);
      await expect(exchange.write(file)).rejects.toMatchObject({ code: 'unavailable', retryable: true });
      for (const name of (await readdir(path('down'))).filter((one) => one.endsWith('.zip'))) {
        expect(await readFile(path('down', name))).toEqual(file.bytes);
      }
      await again(() => exchange.write(file));
      expect((await readdir(path('down'))).filter((name) => !name.endsWith('.tmp')).sort()).toEqual(['KZQQ.zip', 'KZQQ.zip.sig', 'done']);
      expect(await readFile(path('down', 'KZQQ.zip'))).toEqual(file.bytes);
    },
  );

  it.each([
    { at: 'OPENDIR', hit: 1, when: 'before' },
    { at: 'READDIR', hit: 1, when: 'after' },
    { at: 'READ', hit: 2, when: 'before' },
    { at: 'FSTAT', hit: 1, when: 'after' },
  ] as const)('loses and doubles nothing when the line breaks $when $at while it lists or reads', async (planned) => {
    const exchange = await exchangeOf();
    const bytes = Buffer.alloc(200_000, 'z');
    await put(0, 'a.zip', bytes);
    host.breakAt(planned);
    await expect(exchange.waiting(10)).rejects.toMatchObject({ code: 'unavailable' });
    expect(await again(() => exchange.waiting(10))).toMatchObject([{ name: 'a.zip', digest: 'matches' }]);
  });

  it.each([
    { at: 'REMOVE', hit: 1, when: 'after' },
    { at: 'REMOVE', hit: 2, when: 'before' },
  ] as const)('takes a package away in the end when the line breaks $when $at $hit', async (planned) => {
    const exchange = await exchangeOf();
    await put(0, 'a.zip', Buffer.from('A'));
    host.breakAt(planned);
    await expect(exchange.finish({ legalPerson: 'p0', name: 'a.zip' }, 'taken')).rejects.toMatchObject({ code: 'unavailable' });
    await again(() => exchange.finish({ legalPerson: 'p0', name: 'a.zip' }, 'taken'));
    expect(await readdir(path('up'))).toEqual(['failed']);
  });

  it('speaks to no machine with another host key, and is let in with no other key of ours', async () => {
    const other = sshPublicKey(new Ed25519Signer(newPrivateKeyPem(systemEntropy)).publicKey);
    await put(0, 'a.zip', Buffer.from('A')).catch(() => undefined);
    await expect((await exchangeOf(1, { hostKey: other })).waiting(1)).rejects.toMatchObject({ code: 'unavailable' });
    const stranger = await exchangeOf(1, { clientKeyPem: newPrivateKeyPem(systemEntropy) });
    await expect(stranger.waiting(1)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('knocks at a machine that is away less and less often, and goes on when it is there again', async () => {
    const exchange = await exchangeOf();
    await host.stop();
    await expect(exchange.waiting(1)).rejects.toMatchObject({ message: expect.stringContaining('no connection') });
    await expect(exchange.waiting(1)).rejects.toMatchObject({ message: expect.stringContaining('a moment ago') });
    await host.start();
    expect(await again(() => exchange.waiting(1))).toEqual([]);
  });
});
