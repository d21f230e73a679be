import type { ConformanceCase, Need, Presentation } from '../../case.js';
import { equal, holdingOf, must } from '../../expect.js';
import { accountOf, cny, current, inquire } from '../../steps.js';

const ID = ' id="applicationRequest"';
const DEEP = 1_000;
const LONG_BYTES = 2 * 1024 * 1024;

/** Puts another piece in the place of the first that fits, which must be there: else a case would try nothing. */
const instead =
  (from: string | RegExp, to: string) =>
  (text: string): string => {
    const changed = text.replace(from, to);
    must(changed !== text, `there is no ${String(from)} in our request`);
    return changed;
  };

function elementOf(text: string, name: string): string {
  const found = new RegExp(`<${name}[ >].*?</${name}>`, 's').exec(text)?.[0];
  must(found !== undefined, `there is no ${name} in our request`);
  return found;
}

const otherCase = instead(/(<Prgrph>)[^<]*/, '$1(2026)鄂0106执9999号');
const doubled = (name: string) => (text: string) => instead(elementOf(text, name), elementOf(text, name).repeat(2))(text);
const algorithm = (from: string, to: string) => instead(`Algorithm="http://www.w3.org/${from}"`, `Algorithm="http://www.w3.org/${to}"`);

/** A request for another case at the place that is read, while the reference still leads to the true one. */
function wrapped(place: string, put: (truth: string) => string, id = ' id="other"') {
  return (text: string): string => {
    const truth = elementOf(text, 'ApplicationRequest');
    const lie = otherCase(truth)
      .replace(ID, id)
      .replace(/<Signature .*?<\/Signature>/s, '');
    return instead(place, put(truth))(instead(truth, lie)(text));
  };
}

const inHeader = (truth: string): string => `<soap:Header>${truth}</soap:Header>`;
const givesAway = (reply: string): boolean => /<(?:\w+:)?AcctAndPties[ >]/.test(reply);

/** The register answers our request as it is, and gives nothing away when it is shown like this. */
function refused(name: string, says: string, how: Presentation, needs: readonly Need[] = []): ConformanceCase {
  return {
    name: `register-request-${name}`,
    rule: 'R9',
    says,
    given: { accounts: [current('500.00')] },
    deliveries: ['push'],
    needs: ['register', ...needs],
    alone: true,
    broken: { front: { trustsAnyone: true } },
    run: async (stage) => {
      must(givesAway(await stage.bank.present(stage.order('inquire'), {})), 'a request that is right is not answered');
      must(!givesAway(await stage.bank.present(stage.order('inquire'), how)), 'the register gave accounts away');
    },
  };
}

/** Nothing that can be read as a question: the register survives it and goes on answering. */
function survived(name: string, rule: string, says: string, how: Presentation): ConformanceCase {
  return {
    name: `register-request-${name}`,
    rule,
    says,
    given: { accounts: [current('500.00')] },
    deliveries: ['push'],
    needs: ['register'],
    broken: { misdeed: 'wrong-balance' },
    run: async (stage) => {
      must(!givesAway(await stage.bank.present(stage.order('inquire'), how)), 'the register answered what was no question');
      equal('balance afterwards', holdingOf(await inquire(stage), accountOf(stage, 0)).balance, cny('500.00'));
    },
  };
}

const after = (change: (text: string) => string): Presentation => ({ after: change });

export const REGISTER_REQUESTS: readonly ConformanceCase[] = [
  refused('unsigned', 'a request that nobody has signed is not answered', { by: 'nobody' }),
  refused('of-a-stranger', 'nor is one that a stranger has signed under the name of the court', { by: 'stranger' }),
  refused('of-an-expired-certificate', 'nor is one under a certificate of the court whose time is over', { by: 'expired' }, ['simulator']),
  refused('of-an-early-certificate', 'nor is one under a certificate whose time has not come', { by: 'early' }, ['simulator']),
  refused('altered-case', 'nor is one whose case changed after the signature', after(otherCase)),
  refused('altered-header', 'nor is one whose header changed', after(instead(/(<BizMsgIdr>)[^<]*/, '$1X'))),
  refused(
    'wrapped-in-the-soap-header',
    'nor is a false one in front of a true one in the header of SOAP',
    after(wrapped('<soap:Header></soap:Header>', inHeader)),
  ),
  refused(
    'wrapped-under-the-same-id',
    'nor is a false one under the id of the true one',
    after(wrapped('<soap:Header></soap:Header>', inHeader, ID)),
  ),
  refused('wrapped-without-an-id', 'nor is a false one without an id', after(wrapped('<soap:Header></soap:Header>', inHeader, ''))),
  refused('wrapped-beside', 'nor is a false one beside the true one', after(wrapped('</soap:Body>', (truth) => `${truth}</soap:Body>`))),
  refused(
    'wrapped-inside',
    'nor is a false one around the true one',
    after(wrapped('</ApplicationRequest>', (truth) => `${truth}</ApplicationRequest>`)),
  ),
  refused('id-twice', 'nor is one with its id at two places', after(instead('<InfReqOpng>', `<InfReqOpng${ID}>`))),
  refused('signatures-two', 'nor is one with two signatures', after(doubled('Signature'))),
  refused('references-two', 'nor is one whose signature covers two things', after(doubled('Reference'))),
  refused('reference-to-a-part', 'nor is one whose signature covers a part', after(instead('URI="#applicationRequest"', 'URI="#part"'))),
  refused(
    'algorithm-of-a-secret',
    "the court's public key is never used as a secret",
    after(algorithm('2001/04/xmldsig-more#rsa-sha256', '2001/04/xmldsig-more#hmac-sha256')),
  ),
  refused(
    'algorithm-weak',
    'RSA with SHA-1 is no signature any more',
    after(algorithm('2001/04/xmldsig-more#rsa-sha256', '2000/09/xmldsig#rsa-sha1')),
  ),
  refused('value-empty', 'a signature without its value is none', after(instead(/(<SignatureValue>)[^<]*/, '$1'))),
  survived(
    'cut-short',
    'dialect: Calls',
    'a request that breaks off is not answered, and the next one is',
    after((text) => text.slice(0, text.length / 2)),
  ),
  survived(
    'empty',
    'dialect: Calls',
    'nor is an empty one',
    after(() => ''),
  ),
  survived(
    'noise',
    'dialect: Calls',
    'nor are bytes that mean nothing',
    after(() => '\u0000\u0001PK\u0003\u0004{<'),
  ),
  survived(
    'document-type',
    'I14',
    'nor is one with a document type',
    after((text) => `<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]>${text}`),
  ),
  survived(
    'deep-nesting',
    'I14',
    'nor are a thousand levels of nesting',
    after(() => '<a>'.repeat(DEEP) + '</a>'.repeat(DEEP)),
  ),
  survived(
    'long-line',
    'I14',
    'nor are two megabytes of one letter',
    after(() => 'x'.repeat(LONG_BYTES)),
  ),
  survived('without-number', 'dialect: Request', 'a signed request without its number is not answered', {
    before: instead(/<InvstgtnId>[^<]*<\/InvstgtnId>/, ''),
  }),
  survived('without-debtor', 'dialect: Request', 'nor is one that asks about nobody', { before: instead(/<Pty>.*?<\/Pty>/s, '') }),
  survived('of-another-register', 'dialect: Request', 'accounts are not told to who asks for boxes', {
    before: instead('<MsgNmId>supl.027.001.01', '<MsgNmId>fin.002.001.03'),
  }),
  survived('number-of-an-unknown-kind', 'dialect: Request', 'nobody is found by a number whose kind is not known', {
    before: instead('<Cd>PIC</Cd>', '<Cd>XXXX</Cd>'),
  }),
];
