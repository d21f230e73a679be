import { execFile } from 'node:child_process';
import { copyFile, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { freePort, repository, withTempDir } from '#testing';

const IMAGES = path.join(repository, 'deploy', 'images');
const text = await readFile(path.join(IMAGES, 'Dockerfile'), 'utf8');

interface Step {
  readonly word: string;
  readonly rest: string;
}

/** The instructions of a Dockerfile, without comments, with continued lines joined. */
function stepsOf(file: string): Step[] {
  const lines = file
    .replaceAll(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'));
  return lines.map((line) => ({ word: line.split(' ', 1)[0] ?? '', rest: line.slice(line.indexOf(' ') + 1) }));
}

/** What is wrong with an image file. */
function faultsOf(file: string): string[] {
  const steps = stepsOf(file);
  const faults: string[] = [];
  const bases = steps.filter(({ word }) => word === 'FROM').map(({ rest }) => rest.split(' ')[0] ?? '');
  for (const base of bases) if (!/^[\w./-]+:\d+\.\d+\.\d+[\w.-]*$/.test(base)) faults.push(`${base} is not pinned`);
  const last = steps.slice(steps.map(({ word }) => word).lastIndexOf('FROM'));
  const user = last.findLast(({ word }) => word === 'USER')?.rest ?? 'root';
  if (['root', '0'].includes(user.split(':')[0] ?? '')) faults.push('runs as root');
  const afterUser = last.slice(last.findLastIndex(({ word }) => word === 'USER') + 1);
  if (afterUser.some(({ word }) => ['RUN', 'COPY'].includes(word))) faults.push('writes its own files as the user that it runs as');
  if (!last.some(({ word }) => word === 'HEALTHCHECK')) faults.push('has no health check');
  for (const { word, rest } of steps) {
    if (word === 'ADD') faults.push('ADD is used where COPY does');
    if (word === 'COPY' && /(^|\s)\.\s/.test(rest)) faults.push(`COPY ${rest} takes everything`);
    if (['ENV', 'ARG'].includes(word) && /PASSWORD|SECRET|TOKEN|PRIVATE|_KEY/.test(rest)) faults.push(`${word} ${rest} holds a secret`);
    if (['CMD', 'ENTRYPOINT'].includes(word) && !rest.startsWith('['))
      faults.push(`${word} ${rest} goes through a shell, which keeps signals`);
    if (word === 'RUN' && /npm (i|install)\b/.test(rest)) faults.push('npm install takes what the lock file does not name');
    if (word === 'RUN' && /npm ci/.test(rest) && !/--omit=dev/.test(rest)) faults.push('tools of development are installed');
    if (word === 'RUN' && /\bsudo\b|curl[^|]*\|/.test(rest)) faults.push(`RUN ${rest} runs what it downloads, or asks for rights`);
  }
  return faults;
}

describe('Dockerfile', () => {
  it('has no fault', () => expect(faultsOf(text)).toEqual([]));

  it.each<[string, (file: string) => string, string]>([
    ['a floating base', (file) => file.replaceAll('node:20.20.2-', 'node:20-'), 'node:20-bookworm is not pinned'],
    ['no user', (file) => file.replace(/^USER .*$/m, ''), 'runs as root'],
    ['root by number', (file) => file.replace(/^USER .*$/m, 'USER 0:0'), 'runs as root'],
    [
      'files of its own',
      (file) => file.replace('USER node', 'USER node\nCOPY libs ./more'),
      'writes its own files as the user that it runs as',
    ],
    ['no health check', (file) => file.replace(/^HEALTHCHECK .*$/m, ''), 'has no health check'],
    ['everything copied', (file) => file.replace('COPY libs ./libs', 'COPY . .'), 'COPY . . takes everything'],
    ['a secret', (file) => file.replace('USER node', 'ENV DB_PASSWORD=x\nUSER node'), 'ENV DB_PASSWORD=x holds a secret'],
    ['all packages', (file) => file.replace(' --omit=dev', ''), 'tools of development are installed'],
    ['a shell', (file) => file.replace(/^CMD .*$/m, 'CMD node x'), 'CMD node x goes through a shell, which keeps signals'],
  ])('is refused with %s', (_name, spoil, fault) => {
    expect(spoil(text)).not.toBe(text);
    expect(faultsOf(spoil(text))).toContain(fault);
  });

  it('copies only what is there and what the builder is sent', async () => {
    const ignored = (await readFile(path.join(IMAGES, 'Dockerfile.dockerignore'), 'utf8')).split('\n');
    expect(ignored).toContain('*');
    const copies = stepsOf(text).filter(({ word, rest }) => word === 'COPY' && !rest.startsWith('--from'));
    for (const { rest } of copies) {
      for (const source of rest.split(' ').slice(0, -1)) {
        expect([source, ignored.includes(`!${source.split('/')[0]}`)]).toEqual([source, true]);
        expect((await stat(path.join(repository, source))).size).toBeGreaterThan(0);
      }
    }
  });
});

interface Ran {
  readonly code: number;
  readonly out: string;
}

function node(script: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...args], { env: { PATH: process.env['PATH'] ?? '', ...env } }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out: stdout + stderr }),
    );
  });
}

describe('start.mjs', () => {
  /** Lays the image's folder out as the Dockerfile does, with an app that tells what it was given. */
  const inImage = (body: (folder: string) => Promise<void>) =>
    withTempDir(async (folder) => {
      await copyFile(path.join(IMAGES, 'start.mjs'), path.join(folder, 'start.mjs'));
      await mkdir(path.join(folder, 'build', 'apps'), { recursive: true });
      await mkdir(path.join(folder, 'keys', 'database'), { recursive: true });
      await writeFile(path.join(folder, 'keys', 'database', 'app_rw.password'), 'p@ss/word');
      const tell = 'console.log(JSON.stringify([process.env.DATABASE_URL, process.env.CHAKONG_INSTANCE, process.argv.slice(2)]));';
      await writeFile(path.join(folder, 'build', 'apps', 'tell.js'), tell);
      await body(folder);
    }, 'image');

  it('gives the app the address of its account, and replicas a name each', () =>
    inImage(async (folder) => {
      const env = { DATA_DIR: folder, DATABASE_HOST: 'mysql:3306', DATABASE_ACCOUNT: 'app_rw', CHAKONG_INSTANCE: 'one' };
      const told = await node(path.join(folder, 'start.mjs'), ['apps/tell.js', 'more'], env);
      expect(JSON.parse(told.out)).toEqual(['mysql://chakong_app_rw:p%40ss%2Fword@mysql:3306/chakong', 'one', ['more']]);
      const unnamed = await node(path.join(folder, 'start.mjs'), ['apps/tell.js'], { DATABASE_URL: 'mysql://given/x' });
      expect(JSON.parse(unnamed.out)).toEqual(['mysql://given/x', expect.stringMatching(/./), []]);
    }));

  it('says what is missing', () =>
    inImage(async (folder) => {
      const env = { DATA_DIR: folder, DATABASE_HOST: 'mysql:3306', DATABASE_ACCOUNT: 'ledger_append' };
      const early = await node(path.join(folder, 'start.mjs'), ['apps/tell.js'], env);
      expect([early.code, early.out]).toEqual([2, expect.stringContaining('ledger_append.password is not there: run the migration first')]);
      const wrong = await node(path.join(folder, 'start.mjs'), ['apps/none.js'], env);
      expect([wrong.code, wrong.out]).toEqual([2, '"apps/none.js" is no part of the build\n']);
    }));
});

describe('health.mjs', () => {
  it.each([
    [200, 0],
    [503, 1],
  ])('an answer %i ends with %i', async (status, code) => {
    const server = createServer((request, answer) => answer.writeHead(request.url === '/health/ready' ? status : 404).end('told'));
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', () => resolve()));
    try {
      const { port } = server.address() as { port: number };
      expect(await node(path.join(IMAGES, 'health.mjs'), [], { PORT: String(port) })).toEqual({ code, out: 'told\n' });
    } finally {
      server.close();
    }
  });

  it('nobody there ends with 1', async () => {
    const ran = await node(path.join(IMAGES, 'health.mjs'), [], { PORT: String(await freePort()) });
    expect(ran).toEqual({ code: 1, out: 'ECONNREFUSED\n' });
  });
});
