import type { ConformanceCase } from '../../case.js';
import { isInDoubt, must } from '../../expect.js';
import { current, inquire } from '../../steps.js';

/** What the court must not believe, by the name of the register's deed. */
type Doubts = readonly (readonly [deed: string, says: string])[];

/** The register answers in a way that must not be believed: no holding is taken from it, and nothing is "not found". A bank that speaks plainly breaks the case. */
function doubted(rule: string, all: Doubts): readonly ConformanceCase[] {
  return all.map(([deed, says]) => ({
    name: `register-${deed}`,
    rule,
    says,
    given: { accounts: [current('500.00')] },
    deliveries: ['push'],
    needs: ['register', 'simulator'],
    bank: { register: deed },
    broken: { misdeed: 'wrong-balance' },
    run: async (stage) => {
      const told = await inquire(stage);
      const [answer] = told.answers;
      must(answer === undefined, `an answer that nobody may believe became ${JSON.stringify(answer?.inquiry ?? answer?.rollback)}`);
      must(isInDoubt(told), 'nobody is told of the doubt');
    },
  }));
}

const SIGNED: Doubts = [
  ['signature-missing', 'an answer without a signature counts for nothing'],
  ['signature-empty', 'nor does one with an empty place for it'],
  ['signature-of-a-stranger', 'nor one that somebody else has signed under the name of the bank'],
  ['certificate-expired', 'nor one under a certificate of the bank whose time is over'],
  ['certificate-not-yet-valid', 'nor one under a certificate whose time has not come'],
  ['certificate-of-a-short-key', 'nor one under a key of 1,024 bits'],
  ['altered-balance', 'a figure that changed after the signature is noticed'],
  ['altered-header', 'so is the number of the message'],
  ['altered-criteria', 'so is the name of the debtor'],
  ['wrapped-in-the-soap-header', 'a false answer is not believed for a true one that is kept in the header of SOAP'],
  ['wrapped-inside', 'nor for one that is kept inside the false one'],
  ['wrapped-in-the-signature', 'nor for one that is kept in the signature'],
  ['wrapped-beside', 'nor for one that stands beside it'],
  ['wrapped-under-the-same-id', 'nor for one that has the same id'],
  ['id-missing', 'a signature must say what it covers by an id that is there'],
  ['id-twice', 'and that is there once'],
  ['reference-to-a-part', 'a signature over a part of the message is none'],
  ['reference-to-the-document', 'nor is one over the document around it'],
  ['reference-elsewhere', 'nor one over something at another address, which nobody fetches'],
  ['references-two', 'nor one over two things'],
  ['signatures-two', 'two signatures are one too many'],
  ['certificates-two', 'two certificates leave open who has signed'],
  ['key-beside-the-certificate', 'so does a bare key beside the certificate'],
  ['algorithm-of-a-secret', 'a public key is never used as a secret'],
  ['algorithm-weak', 'RSA with SHA-1 is no signature any more'],
  ['digest-weak', 'SHA-1 is no digest any more'],
  ['transform-by-xslt', 'a signature that asks for XSLT is refused'],
  ['transforms-missing', 'so is one without the two transforms'],
  ['comment-in-the-digest', 'so is one with a comment in its digest'],
  ['value-empty', 'so is one without its value'],
];

const FORMED: Doubts = [
  ['element-unknown', 'an element that the definition does not know makes the answer none'],
  ['element-out-of-order', 'so do elements in another order'],
  ['element-missing', 'so does one that is missing'],
  ['element-twice', 'so does one that stands there twice'],
  ['status-missing', 'an answer without its status is none'],
  ['status-unknown', 'so is one whose status is not in the definition'],
  ['state-unknown', 'so is one with a state of an account that is not in the definition'],
  ['attribute-unknown', 'so is one with an attribute'],
  ['text-too-long', 'so is one with a text longer than its type'],
  ['text-between-elements', 'so is one with a text where only elements are'],
  ['text-empty', 'so is one with an empty text where the type wants one'],
  ['day-that-is-none', 'so is one that names the 30th of February'],
  ['balance-negative', 'a balance below nothing is none'],
  ['balance-with-exponent', 'so is one with an exponent'],
  ['balance-of-too-many-digits', 'so is one of nineteen digits'],
  ['supplement-unknown', 'a supplement of an unknown name space is not guessed at'],
  ['message-unknown', 'nor is a message of an unknown version'],
  ['header-announces-another', 'the header must announce the message that follows'],
  ['name-space-missing', 'a message without its name space is none'],
  ['document-twice', 'two documents in one envelope are one too many'],
  ['body-twice', 'so are two bodies'],
];

const READ: Doubts = [
  ['document-type', 'a document type with entities is refused unread'],
  ['instruction', 'so is a processing instruction'],
  ['nesting-deep', 'so are a hundred levels of nesting'],
  ['cut-short', 'an answer that breaks off is none'],
  ['empty', 'so is an empty one'],
  ['page-of-a-web-server', 'so is a page of some server'],
  ['half-a-character', 'so are bytes that are not UTF-8'],
  ['sixteen-bits', 'so is UTF-16'],
];

const UNDERSTOOD: Doubts = [
  ['kind-unknown', 'a kind of account that has no meaning here is not guessed: it could be money that the law protects'],
  ['kind-of-its-own', 'nor is a word of the bank for it'],
  ['role-unknown', 'nor is a role of a party'],
  ['role-of-another-scheme', 'nor is a role of another scheme'],
  ['owner-for-another', 'nor is an owner who holds for another'],
  ['restriction-unknown', 'nor is a restriction'],
  ['restriction-of-another-issuer', "nor is somebody else's code of a restriction"],
  ['restrictions-two', 'nor are two restrictions of one account'],
  ['balance-not-exact', 'an amount with more decimals than its currency is not rounded'],
  ['currency-without-decimals', 'nor is half a yen'],
  ['account-twice', 'an account that is told twice is not counted twice'],
  ['account-of-somebody', 'an account in which the debtor has no role is not his'],
  ['account-without-owner-number', 'nor is one whose owner has no number'],
  ['account-closed-in-use', 'an account that is closed and in use is neither'],
  ['order-of-another', 'an answer to another order is none to this one'],
  ['supplement-of-another-order', 'nor is a supplement for another order'],
  ['debtor-of-another', 'nor is an answer about another number'],
  ['debtor-of-another-name', 'nor is one about another name'],
  ['reply-to-another', 'nor is a reply to another message'],
  ['part', 'a part of an answer is none'],
  ['part-with-nothing', 'and in a part, nothing found is not "nothing"'],
  ['found-and-untold', 'what was found and not told is not "nothing"'],
  ['told-and-not-told', 'accounts that are told and refused at once are not believed'],
  ['not-a-word-on-accounts', 'nothing about boxes is not "no account"'],
  ['later-of-another-order', 'the word that the answer comes later counts for its own order only'],
  ['later-unsigned', 'and only when it is signed'],
];

export const REGISTER_DOUBTS: readonly ConformanceCase[] = [
  ...doubted('dialect: Signatures', SIGNED),
  ...doubted('dialect: Answer', FORMED),
  ...doubted('I14', READ),
  ...doubted('I6', UNDERSTOOD),
  ...doubted('I14', [['accounts-too-many', 'more than 500 accounts in one answer are not taken']]),
];
