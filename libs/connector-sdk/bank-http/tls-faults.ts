/** Stable codes for what OpenSSL and the runtime call by several names. */
const FAULTS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'bank-certificate-expired',
  CERT_NOT_YET_VALID: 'bank-certificate-not-yet-valid',
  ERR_TLS_CERT_ALTNAME_INVALID: 'bank-certificate-wrong-name',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'bank-certificate-untrusted',
  UNABLE_TO_GET_ISSUER_CERT: 'bank-certificate-untrusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'bank-certificate-untrusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'bank-certificate-untrusted',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'bank-certificate-untrusted',
  CERT_SIGNATURE_FAILURE: 'bank-certificate-untrusted',
  CERT_UNTRUSTED: 'bank-certificate-untrusted',
  INVALID_PURPOSE: 'bank-certificate-untrusted',
  INVALID_CA: 'bank-certificate-untrusted',
};

/** The bank's alerts about the certificate that we showed. */
const OURS_REFUSED = /ALERT_(BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|CERTIFICATE_\w+|UNKNOWN_CA|ACCESS_DENIED|NO_CERTIFICATE)$/;

/** Why a TLS connection did not come about, or broke at once; undefined for what is no matter of TLS. */
export function tlsFaultOf(code: string): string | undefined {
  const known = FAULTS[code];
  if (known !== undefined) return known;
  if (code === 'EPROTO') return 'tls-failed';
  if (!code.startsWith('ERR_SSL_') && !code.startsWith('ERR_TLS_') && !code.startsWith('ERR_OSSL_')) return undefined;
  return OURS_REFUSED.test(code) ? 'our-certificate-refused' : 'tls-failed';
}
