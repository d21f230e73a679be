import { createPrivateKey, X509Certificate } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { systemEntropy } from '#kernel';
import { CertificateAuthority } from './index.js';

const from = Date.UTC(2026, 0, 1);
const to = Date.UTC(2027, 0, 1);
const validity = { from, to };

describe('CertificateAuthority', () => {
  it('certifies servers and clients that fit their keys, their names and their time', async () => {
    const authority = await CertificateAuthority.create('authority', validity, systemEntropy);
    const ca = new X509Certificate(authority.cert);
    expect([ca.ca, ca.verify(ca.publicKey)]).toEqual([true, true]);
    const server = await authority.issue({ name: '湖北银行', hosts: ['localhost', '127.0.0.1'], ...validity });
    const certificate = new X509Certificate(server.cert);
    expect(certificate.verify(ca.publicKey)).toBe(true);
    expect(certificate.checkIssued(ca)).toBe(true);
    expect(certificate.checkPrivateKey(createPrivateKey(server.key))).toBe(true);
    expect([certificate.checkHost('localhost'), certificate.checkHost('elsewhere'), certificate.checkIP('127.0.0.1')]).toEqual([
      'localhost',
      undefined,
      '127.0.0.1',
    ]);
    expect([Date.parse(certificate.validFrom), Date.parse(certificate.validTo)]).toEqual([from, to]);
    const client = new X509Certificate((await authority.issue({ name: 'court', ...validity })).cert);
    expect(client.ca).toBe(false);
    expect([certificate.keyUsage, client.keyUsage]).toEqual([['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'], ['1.3.6.1.5.5.7.3.2']]);
    expect(certificate.serialNumber).not.toBe(client.serialNumber);
  });

  it('goes on after its own certificate was renewed: what the key certified before stays good', async () => {
    const first = await CertificateAuthority.create('authority', validity, systemEntropy);
    const old = new X509Certificate((await first.issue({ name: 'court', ...validity })).cert);
    const renewed = await CertificateAuthority.create('authority', { from, to: to + 1_000 }, systemEntropy, first.key);
    expect(old.checkIssued(new X509Certificate(renewed.cert))).toBe(true);
    const opened = await CertificateAuthority.open(renewed, systemEntropy);
    const later = new X509Certificate((await opened.issue({ name: 'court', ...validity })).cert);
    expect(later.verify(new X509Certificate(first.cert).publicKey)).toBe(true);
    await expect(CertificateAuthority.open({ cert: first.cert, key: 'no key' }, systemEntropy)).rejects.toMatchObject({
      code: 'key-damaged',
    });
  });
});
