import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import ssh2, { type Client, type ConnectConfig, type SFTPWrapper } from 'ssh2';
import { silentLog, systemEntropy } from '#kernel';
import { tempDir, type TempDir } from '#testing';
import { Ed25519Signer, newPrivateKeyPem, sshKeyBlob, sshPrivateKey, sshPublicKey } from '#trust';
import { SftpServer } from './sftp-server.js';

const publicOf = (pem: string): string => sshPublicKey(new Ed25519Signer(pem).publicKey);
const hostKeyPem = newPrivateKeyPem(systemEntropy);
const clientKeyPem = newPrivateKeyPem(systemEntropy);
const PASSWORD = 'a password of the desk';

describe('the front-end machine of a bank', () => {
  let folder: TempDir;
  let server: SftpServer;
  let port: number;
  let down = false;
  const clients: Client[] = [];

  beforeEach(async () => {
    folder = await tempDir('sftp-server');
    down = false;
    await mkdir(join(folder.path, 'exchange', 'D901'), { recursive: true });
    const users = new Map<string, { readonly key: string } | { readonly password: string }>([
      ['court', { key: publicOf(clientKeyPem) }],
      ['desk', { password: PASSWORD }],
    ]);
    const config = { bank: 'hbrcu', folder: join(folder.path, 'exchange'), host: '127.0.0.1', port: 0, hostKeyPem, users };
    server = new SftpServer(config, silentLog, () => down);
    server.start();
    port = await server.listening();
  });

  afterEach(async () => {
    for (const client of clients.splice(0)) client.end();
    await server.stop();
    await folder.remove();
  });

  const signIn = (how: ConnectConfig): Promise<SFTPWrapper> =>
    new Promise((resolve, reject) => {
      const client = new ssh2.Client();
      clients.push(client);
      client.on('error', reject);
      client.on('close', () => reject(new Error('closed')));
      client.on('ready', () => client.sftp((error, sftp) => (error ? reject(error) : resolve(sftp))));
      client.connect({ host: '127.0.0.1', port, hostVerifier: (key: Buffer) => key.equals(sshKeyBlob(publicOf(hostKeyPem))), ...how });
    });
  const court = (): Promise<SFTPWrapper> => signIn({ username: 'court', privateKey: sshPrivateKey(clientKeyPem) });
  const asked = <T>(ask: (done: (error: Error | null | undefined, value?: T) => void) => void): Promise<T | undefined> =>
    new Promise((resolve, reject) => ask((error, value) => (error ? reject(error) : resolve(value))));
  const write = (sftp: SFTPWrapper, path: string, text: string) => asked<void>((done) => sftp.writeFile(path, text, done));

  it('keeps files within the exchange, whatever path is asked for', async () => {
    await writeFile(join(folder.path, 'secret'), 'secret');
    await symlink(join(folder.path, 'secret'), join(folder.path, 'exchange', 'link'));
    const sftp = await court();
    await write(sftp, '/D901/a', 'A');
    expect(await asked((done) => sftp.readFile('D901/../D901/./a', done))).toEqual(Buffer.from('A'));
    for (const path of ['../secret', '/../secret', '/D901/../../secret', '/link', '/D901/../link']) {
      await expect(asked((done) => sftp.readFile(path, done))).rejects.toThrow();
    }
    await write(sftp, '/../outside', 'kept inside');
    expect(await readFile(join(folder.path, 'exchange', 'outside'), 'utf8')).toBe('kept inside');
    await expect(asked((done) => sftp.symlink('/etc/passwd', '/D901/b', done))).rejects.toThrow();
  });

  it('lists every name once, also of a folder with many', async () => {
    const names = Array.from({ length: 450 }, (_, i) => `f${i}`);
    await Promise.all(names.map((name) => writeFile(join(folder.path, 'exchange', 'D901', name), '')));
    const sftp = await court();
    const listed = await asked<{ filename: string }[]>((done) => sftp.readdir('/D901', done));
    expect(listed?.map(({ filename }) => filename).sort()).toEqual([...names].sort());
  });

  it('renames only to a name that is free, as the standard has it', async () => {
    const sftp = await court();
    await write(sftp, '/D901/a', 'A');
    await write(sftp, '/D901/b', 'B');
    await expect(asked((done) => sftp.rename('/D901/a', '/D901/b', done))).rejects.toThrow();
    await asked((done) => sftp.rename('/D901/a', '/D901/c', done));
    expect(await readFile(join(folder.path, 'exchange', 'D901', 'c'), 'utf8')).toBe('A');
  });

  it.each<[string, ConnectConfig]>([
    ['another key', { username: 'court', privateKey: sshPrivateKey(newPrivateKeyPem(systemEntropy)) }],
    ['a password instead of the key', { username: 'court', password: PASSWORD }],
    ['a wrong password', { username: 'desk', password: `${PASSWORD}x` }],
    ['a name that nobody has', { username: 'root', privateKey: sshPrivateKey(clientKeyPem) }],
  ])('lets nobody in with %s', async (_, how) => {
    await expect(signIn(how)).rejects.toThrow();
  });

  it('lets a user in by his password', async () => {
    await write(await signIn({ username: 'desk', password: PASSWORD }), '/D901/a', 'A');
  });

  it('is not there while the bank is down, neither for those who come nor for those who are in', async () => {
    const sftp = await court();
    down = true;
    await expect(Promise.race([asked((done) => sftp.readdir('/D901', done)), court()])).rejects.toThrow();
    down = false;
    await write(await court(), '/D901/a', 'A');
  });
});
