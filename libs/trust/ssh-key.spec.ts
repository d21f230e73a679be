import { describe, expect, it } from '@jest/globals';
import { systemEntropy } from '#kernel';
import { Ed25519Signer, newPrivateKeyPem, sshKeyBlob, sshPrivateKey, sshPublicKey } from './index.js';

/** That SSH programs take these forms is shown where one is used, at the connector that exchanges files. */
describe('an Ed25519 key of ours for SSH', () => {
  it('has one text, whose public half is the line', () => {
    const pem = newPrivateKeyPem(systemEntropy);
    expect(sshPrivateKey(pem)).toBe(sshPrivateKey(Buffer.from(pem)));
    const inside = Buffer.from(sshPrivateKey(pem).split('\n').slice(1, -2).join(''), 'base64');
    expect(inside.includes(sshKeyBlob(sshPublicKey(new Ed25519Signer(pem).publicKey)))).toBe(true);
  });

  it.each(['', 'ssh-ed25519', 'ssh-rsa AAAA', 'ssh-ed25519 AAAA', `ssh-ed25519 ${Buffer.alloc(51).toString('base64')}`])(
    'refuses the line "%s"',
    (line) => expect(() => sshKeyBlob(line)).toThrow(expect.objectContaining({ code: 'key-damaged' })),
  );

  it('refuses what is no private key of this kind', () => {
    expect(() => sshPrivateKey('')).toThrow(expect.objectContaining({ code: 'key-damaged' }));
  });
});
