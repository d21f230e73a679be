import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SystemClock } from '#kernel';
import { openCheckpoint, parseVerifierKey } from '#merkle';
import { builtFile, eventuallyHolds, SoftToken, softTokenModule, tempDir, type TempDir } from '#testing';
import { TokenDevice, type TokenSigner } from '#trust';
import { ORIGIN, Rig } from './testing/rig.js';

const module = softTokenModule();

(module === undefined ? describe.skip : describe)('a ledger whose key is in a token (needs softhsm2 and pkcs11js)', () => {
  let folder: TempDir;
  let token: SoftToken;
  let device: TokenDevice;
  let rig: Rig | undefined;

  beforeEach(async () => {
    folder = await tempDir('token-ledger');
    token = await SoftToken.make(module ?? '', folder.path, 'ledger');
    const threadFile = await builtFile('libs/trust/pkcs11/token-thread.ts');
    device = new TokenDevice({ module: token.module, time: new SystemClock(), threadFile });
  });

  afterEach(async () => {
    await rig?.stop();
    rig = undefined;
    await device.close();
    await folder.remove();
  });

  async function keyOf(object: string): Promise<TokenSigner> {
    await token.generate(object);
    return device.open({ token: 'ledger', object }, token.pin);
  }

  it('covers facts by checkpoints that its published key verifies, a second start included', async () => {
    const key = await keyOf('ledger-1');
    rig = await new Rig(folder.path, key).start();
    await rig.record(5);
    await rig.covered(5);
    await rig.stop();
    rig = await new Rig(folder.path, key).start();
    await rig.record(3);
    await rig.covered(8);
    const published = (name: string): Promise<Buffer> => readFile(path.join(rig?.logFolder() ?? '', name));
    const verifier = parseVerifierKey((await published('vkey')).toString('utf8'));
    expect(openCheckpoint(await published('checkpoint'), verifier)).toMatchObject({ origin: `${ORIGIN}/${rig.year()}`, size: 8 });
  });

  it('keeps what it has while the token is out, signs nothing, and goes on when it is back', async () => {
    rig = await new Rig(folder.path, await keyOf('ledger-1')).start();
    await rig.record(2);
    await rig.covered(2);
    const putBack = await token.takeOut();
    await rig.record(2);
    await eventuallyHolds(() => expect(rig?.events).toContain('ledger-sequencing-failed'));
    expect(rig.ledger.published.of().head.size).toBe(2);
    await putBack();
    await rig.covered(4);
    expect(rig.ledger.haltedBy()).toBeUndefined();
  });

  it('refuses to go on with another key', async () => {
    rig = await new Rig(folder.path, await keyOf('ledger-1')).start();
    await rig.stop();
    rig = undefined;
    await expect(new Rig(folder.path, await keyOf('ledger-2')).start()).rejects.toMatchObject({ code: 'ledger-corrupt' });
  });
});
