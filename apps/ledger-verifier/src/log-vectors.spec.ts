import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { leafHash } from './hashing.js';
import { verifyLog, verifyProofAlone, type VerifyOptions } from './verify.js';

interface Vectors {
  readonly vkey: string;
  readonly policy: string;
  readonly entries: string[];
  readonly leafHashes: string[];
  readonly checkpoints: { readonly size: number; readonly note: string }[];
  readonly cosigned: string;
  readonly files: Record<string, string>;
  readonly inclusion: string[];
  readonly orders: unknown[];
}

const vectors = JSON.parse(readFileSync(new URL('../../../docs/ledger/log-vectors.json', import.meta.url), 'utf8')) as Vectors;
const root = mkdtempSync(path.join(tmpdir(), 'vectors-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const put = (name: string, bytes: string | Buffer): string => {
  const file = path.join(root, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, bytes);
  return file;
};

describe('the published vectors of a log', () => {
  for (const [name, bytes] of Object.entries(vectors.files)) put(`log/${name}`, Buffer.from(bytes, 'base64'));
  put('log/checkpoint', vectors.cosigned);
  const verify = (more: Partial<VerifyOptions>): Promise<string> => verifyLog({ log: path.join(root, 'log'), anyEntries: false, ...more });

  it('hash as they say', () => {
    expect(vectors.entries.map((entry) => leafHash(Buffer.from(entry)).toString('hex'))).toEqual(vectors.leafHashes);
  });

  it('verify with policy, earlier checkpoints and orders', async () => {
    const policy = put('policy', vectors.policy);
    const since = vectors.checkpoints.map(({ size, note }) => put(`since-${size}`, note));
    const orders = put('orders', vectors.orders.map((line) => `${JSON.stringify(line)}\n`).join(''));
    await expect(verify({ policy, since, orders })).resolves.toMatch(
      /size=6 .* since=0,1,2,3,6 cosigned=1 orders=1 facts=2 key=from-the-policy$/,
    );
  });

  it('prove each entry', async () => {
    const proofs = vectors.entries.map((entry, index) => ({
      index,
      leaf: Buffer.from(entry).toString('base64'),
      tlogProof: vectors.inclusion[index],
    }));
    const origin = vectors.vkey.split('+')[0];
    const file = put('proof.json', JSON.stringify({ format: 'chakong-proof/v1', origin, vkey: vectors.vkey, proofs }));
    await expect(verifyProofAlone(file, vectors.vkey)).resolves.toContain('proofs=6');
  });
});
