import { describe, expect, it } from '@jest/globals';
import { tlsFaultOf } from './tls-faults.js';

describe('tlsFaultOf', () => {
  it.each([
    ['ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE', 'our-certificate-refused'],
    ['ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED', 'our-certificate-refused'],
    ['ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN', 'our-certificate-refused'],
    ['ERR_SSL_SSLV3_ALERT_CERTIFICATE_REVOKED', 'our-certificate-refused'],
    ['ERR_SSL_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE', 'our-certificate-refused'],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'our-certificate-refused'],
    ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'our-certificate-refused'],
    ['ERR_SSL_TLSV1_ALERT_ACCESS_DENIED', 'our-certificate-refused'],
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'tls-failed'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls-failed'],
    ['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', 'tls-failed'],
    ['EPROTO', 'tls-failed'],
    ['CERT_HAS_EXPIRED', 'bank-certificate-expired'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'bank-certificate-wrong-name'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'bank-certificate-untrusted'],
    ['ECONNRESET', undefined],
    ['', undefined],
  ])('%s is %s', (code, fault) => {
    expect(tlsFaultOf(code)).toBe(fault);
  });
});
