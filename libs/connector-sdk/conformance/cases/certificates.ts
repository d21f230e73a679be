import type { ConformanceCase, Visitor } from '../case.js';
import { must } from '../expect.js';

function shutOut(name: string, says: string, visitor: Visitor): ConformanceCase {
  return {
    name,
    rule: 'dialect: TLS',
    says,
    given: { accounts: [] },
    deliveries: ['push'],
    needs: ['tls'],
    alone: true,
    broken: { front: { trustsAnyone: true } },
    run: async ({ bank }) => {
      must(await bank.knock('court'), 'the court is not let in with its own certificate');
      must(!(await bank.knock(visitor)), `the bank let in and answered: ${visitor}`);
    },
  };
}

export const CERTIFICATES: readonly ConformanceCase[] = [
  shutOut('certificate-expired', "the court's certificate lets nobody in when its time is over", 'expired'),
  shutOut('certificate-not-yet-valid', "the court's certificate lets nobody in before its time", 'not-yet-valid'),
  shutOut('certificate-of-a-stranger', 'a certificate of another authority in the name of the court lets nobody in', 'stranger'),
  shutOut('certificate-missing', 'nobody is let in without a certificate', 'nobody'),
];
