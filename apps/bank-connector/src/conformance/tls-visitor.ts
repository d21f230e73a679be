import { request } from 'node:https';
import type { BankProfile, BankTls, Visitor } from '#connector-sdk';
import { openCourtAuthority } from '#foundation';
import { AppError, type Entropy, type RealTime } from '#kernel';
import { CertificateAuthority, type CertifiedKey, type Validity } from '#trust';
import { readBankSecurity } from '../bank-security.js';

const DAY_MS = 86_400_000;
const ANSWERED_MS_MAX = 10_000;
/** The name in the certificates of the court's client. */
const COURT = 'court';

export interface TlsVisitorParts {
  readonly profile: BankProfile;
  /** The bank's address. */
  readonly endpoint: string;
  readonly dataDir: string;
  readonly time: RealTime;
  readonly entropy: Entropy;
}

/** Somebody who knocks at the TLS port of a bank that is called, with this certificate or that. */
export class TlsVisitor {
  constructor(private readonly parts: TlsVisitorParts) {}

  /** @returns whether the bank answered anything; false as well when nobody listens */
  async knock(visitor: Visitor): Promise<boolean> {
    const { profile, endpoint, dataDir } = this.parts;
    const { tls } = await readBankSecurity(dataDir, profile);
    if (!tls) throw new AppError('invariant-broken', 'a bank without TLS has no certificates', { level: 'fatal' });
    const shown = await this.shownBy(visitor, tls);
    const settings = { ...shown, ca: tls.authority, agent: false, timeout: ANSWERED_MS_MAX };
    return new Promise((resolve) => {
      const call = request(new URL('/', endpoint), settings, (response) => {
        response.resume();
        resolve(true);
      });
      call.on('timeout', () => call.destroy());
      // A port that shuts somebody out ends the connection, in the handshake or after it.
      call.on('error', () => resolve(false));
      call.on('close', () => resolve(false));
      call.end();
    });
  }

  private async shownBy(visitor: Visitor, { certificate, key }: BankTls): Promise<Partial<CertifiedKey>> {
    const now = this.parts.time.realNow();
    switch (visitor) {
      case 'court':
        return { cert: certificate, key };
      case 'nobody':
        return {};
      case 'stranger':
        return this.strangers({ from: now - DAY_MS, to: now + DAY_MS });
      case 'expired':
        return this.ofOurAuthority({ from: now - 2 * DAY_MS, to: now - DAY_MS });
      case 'not-yet-valid':
        return this.ofOurAuthority({ from: now + DAY_MS, to: now + 2 * DAY_MS });
    }
  }

  private async strangers(validity: Validity): Promise<CertifiedKey> {
    const authority = await CertificateAuthority.create(`${COURT} authority`, validity, this.parts.entropy);
    return authority.issue({ name: COURT, ...validity });
  }

  private async ofOurAuthority(validity: Validity): Promise<CertifiedKey> {
    const { dataDir, profile, entropy } = this.parts;
    return (await openCourtAuthority(dataDir, profile.bank, entropy)).issue({ name: COURT, ...validity });
  }
}
