import type { InstalledBank } from '#bank-directory';
import { ensureBankCertificates, type Foundation } from '#foundation';

/** Where the simulated banks' server is found: on this machine, and by its name among the containers. */
const BANK_HOSTS = ['localhost', '127.0.0.1', 'bank-simulator'] as const;

/** Makes the certificates of every bank that is called over TLS, as far as nobody has brought real ones. */
export async function ensureCertificates(
  { dataDir, clock, entropy }: Pick<Foundation, 'dataDir' | 'clock' | 'entropy'>,
  banks: readonly InstalledBank[],
): Promise<void> {
  for (const { profile } of banks) {
    if (profile.tls) await ensureBankCertificates(dataDir, profile.bank, { time: clock, entropy, hosts: BANK_HOSTS });
  }
}
