import { afterAll, expect, it } from '@jest/globals';
import { systemEntropy } from '#kernel';
import { builtFile } from '#testing';
import { newSm2PrivateKeyPem, Sm2Signer, Sm2Threads, Sm2Verifier } from '../index.js';

const AT_ONCE = 100;
let threads: Sm2Threads;
afterAll(() => threads.close());

it('signs and verifies in threads, all at once, as on this one', async () => {
  threads = new Sm2Threads(await builtFile('libs/trust/sm2/sm2-thread.ts'));
  const pem = newSm2PrivateKeyPem(systemEntropy);
  const signer = new Sm2Signer(pem, 'bank-1', threads);
  const [here, there] = [new Sm2Verifier(signer.publicKeyPem()), new Sm2Verifier(signer.publicKeyPem(), 'bank-1', threads)];
  const texts = Array.from({ length: AT_ONCE }, (_, i) => Buffer.from(`order ${i}`));
  const signatures = await Promise.all(texts.map((text) => signer.sign(text)));
  expect(new Set(signatures.map((one) => one.toString('hex'))).size).toBe(AT_ONCE);
  const verdicts = await Promise.all(
    texts.flatMap((text, i) => [there.verify(text, signatures[i] ?? text), here.verify(text, signatures[i] ?? text)]),
  );
  expect(verdicts).toEqual(verdicts.map(() => true));
  expect(await there.verify(texts[0] ?? Buffer.alloc(0), signatures[1] ?? Buffer.alloc(0))).toBe(false);
});
