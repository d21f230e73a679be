import { systemEntropy } from '#kernel';
import { CertificateAuthority, type CertifiedKey } from '#trust';

const DAY_MS = 86_400_000;

export interface CertificateOptions {
  /** Names and IP addresses that it is good for, as a server. */
  readonly hosts?: readonly string[];
  /** Milliseconds; by default from yesterday until tomorrow. */
  readonly from?: number;
  readonly to?: number;
}

/** An authority that a test makes for itself, and certificates under it. Nothing of it is kept: no key of a test is worth stealing. */
export class TestAuthority {
  private constructor(private readonly authority: CertificateAuthority) {}

  static async create(name: string): Promise<TestAuthority> {
    const now = Date.now();
    return new TestAuthority(await CertificateAuthority.create(name, { from: now - DAY_MS, to: now + DAY_MS }, systemEntropy));
  }

  /** Its own certificate, for whoever is to trust it. PEM. */
  get cert(): string {
    return this.authority.cert;
  }

  issue(name: string, { hosts = [], from, to }: CertificateOptions = {}): Promise<CertifiedKey> {
    const now = Date.now();
    return this.authority.issue({ name, hosts, from: from ?? now - DAY_MS, to: to ?? now + DAY_MS });
  }
}
