import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AppError, sha256Hex, systemEntropy } from '#kernel';
import { BLOB_BYTES_MAX, FileBlobStore, type DataKey } from './index.js';

let folder: string;
let store: FileBlobStore;
const keys = new Map<string, DataKey>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chakong-blobs-'));
  store = new FileBlobStore({
    folder,
    entropy: systemEntropy,
    source: { root: () => Buffer.alloc(32, 5) },
    keys: {
      get: async (caseId) => {
        const key = keys.get(caseId);
        if (!key) throw new AppError('content-erased', 'erased');
        return key;
      },
    },
  });
});
afterAll(() => rm(folder, { recursive: true }));

function newCase(): string {
  const caseId = `c-${keys.size}`;
  keys.set(caseId, systemEntropy.bytes(32));
  return caseId;
}

async function files(): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

describe('the blob store', () => {
  it('gives back what was put and names it by its clear digest', async () => {
    const caseId = newCase();
    const bytes = systemEntropy.bytes(100_000);
    const ref = await store.put(caseId, bytes);
    expect(ref).toEqual({ digest: sha256Hex(bytes), size: 100_000 });
    expect((await store.get(caseId, ref.digest)).equals(bytes)).toBe(true);
    expect(await store.has(caseId, ref.digest)).toBe(true);
  });

  it('shows neither content nor digest on disk, and leaves no temporary file', async () => {
    const caseId = newCase();
    const { digest } = await store.put(caseId, Buffer.from('被执行人 陈建国 420106198803121234'));
    for (const file of await files()) {
      const bytes = await readFile(file);
      expect(bytes.includes('陈建国') || bytes.includes('420106198803121234')).toBe(false);
      expect(file.includes(digest) || file.endsWith('.tmp')).toBe(false);
      expect(file.slice(folder.length)).toMatch(/^\/([0-9a-f]{2})\/([0-9a-f]{2})\/\1\2[0-9a-f]{60}$/);
    }
  });

  it('keeps the same bytes once per case and apart for two cases', async () => {
    const [one, two] = [newCase(), newCase()];
    const before = (await files()).length;
    await Promise.all(Array.from({ length: 8 }, () => store.put(one, Buffer.from('same'))));
    expect((await files()).length).toBe(before + 1);
    const { digest } = await store.put(two, Buffer.from('same'));
    expect((await files()).length).toBe(before + 2);
    await store.delete(one, digest);
    expect(await store.has(one, digest)).toBe(false);
    expect((await store.get(two, digest)).toString()).toBe('same');
  });

  it('refuses a file that was changed or put under another name', async () => {
    const caseId = newCase();
    const before = new Set(await files());
    const a = await store.put(caseId, Buffer.from('a'));
    const [fileOfA = ''] = (await files()).filter((file) => !before.has(file));
    before.add(fileOfA);
    const b = await store.put(caseId, Buffer.from('b'));
    const [fileOfB = ''] = (await files()).filter((file) => !before.has(file));
    await rename(fileOfA, fileOfB);
    await expect(store.get(caseId, b.digest)).rejects.toMatchObject({ code: 'content-damaged' });
    await expect(store.get(caseId, a.digest)).rejects.toMatchObject({ code: 'content-missing' });
    await writeFile(fileOfB, '');
    await expect(store.get(caseId, b.digest)).rejects.toMatchObject({ code: 'content-damaged' });
  });

  it('cannot be read once the case was erased, but can still be emptied', async () => {
    const caseId = newCase();
    const { digest } = await store.put(caseId, Buffer.from('x'));
    keys.delete(caseId);
    await expect(store.get(caseId, digest)).rejects.toMatchObject({ code: 'content-erased' });
    await expect(store.put(caseId, Buffer.from('y'))).rejects.toMatchObject({ code: 'content-erased' });
    await store.delete(caseId, digest);
    await store.delete(caseId, digest);
    expect(await store.has(caseId, digest)).toBe(false);
  });

  it('has a largest size', async () => {
    const caseId = newCase();
    await expect(store.put(caseId, Buffer.alloc(BLOB_BYTES_MAX + 1))).rejects.toMatchObject({ code: 'too-large' });
  });

  it('keeps an empty blob', async () => {
    const caseId = newCase();
    const { digest } = await store.put(caseId, Buffer.alloc(0));
    expect((await store.get(caseId, digest)).length).toBe(0);
  });
});
