import { describe, expect, it } from '@jest/globals';
import { SystemClock, systemEntropy } from '#kernel';
import { Ed25519Signer, KeyRing, newPrivateKeyPem } from '#trust';
import { KeptSignatures, signForWire } from './index.js';

describe('KeptSignatures', () => {
  it('sign once for ever, judge by the bank’s keys, and find the order in the bytes', async () => {
    const court = new Ed25519Signer(newPrivateKeyPem(systemEntropy), 'court-1');
    const bank = new Ed25519Signer(newPrivateKeyPem(systemEntropy), 'bank-1');
    const ring = new KeyRing([{ bank: 'bank', keyId: 'bank-1', publicKeyPem: bank.publicKeyPem() }]);
    const signatures = new KeptSignatures('bank', court, ring, new SystemClock());
    const bytes = Buffer.from('{"orderNumber":"2026-1"}');
    expect(await signatures.keepWith(bytes)).toBe(await signForWire(court, bytes));
    const heard = { bytes, contentType: 'application/json', signature: await signForWire(bank, bytes) };
    const valid = { worth: { signature: 'valid', keyId: 'bank-1' }, subject: '2026-1' };
    expect(await signatures.judgeCallBack(heard)).toEqual(valid);
    expect(await signatures.judgeCallBack(heard)).toEqual(valid);
    expect(await signatures.judgeReply({ ...heard, signature: undefined }, '2026-1')).toEqual({
      worth: { signature: 'absent' },
      subject: '2026-1',
    });
    expect(signatures.refusesForgedCallBacks).toBe(false);
  });
});
