/** The files of a new dialect's skeleton. Everything in it is safe before it is right: it says no order and believes no answer. */

/** @typedef {{dialect: string, className: string, delivery: string}} Dialect */

/** @param {Dialect} dialect @returns {Readonly<Record<string, string>>} file name → content */
export function skeletonOf({ dialect, className, delivery }) {
  const statusQuery = delivery === 'push';
  return {
    'manifest.ts': `import type { Manifest } from '#connector-sdk';

/** What the dialect can do. State nothing that the bank has not proved in the conformance kit. */
export const manifest: Manifest = {
  dialect: '${dialect}',
  delivery: '${delivery}',
  statusQuery: ${statusQuery},
  dedupByReference: false,
  notices: false,
  dayStatement: false,
  documents: '${delivery === 'desk' ? 'shown' : 'inside'}',
};
`,
    'config.ts': `import type { BankProfile } from '#connector-sdk';

/** What the dialect needs of a profile. */
export interface ${className}Config {
  readonly bank: string;
}

/** @throws AppError \`invalid-configuration\` when the profile lacks something */
export function readConfig({ bank }: BankProfile): ${className}Config {
  return { bank };
}
`,
    'status-table.ts': `import type { ControlLine } from '#contracts';

/** Every word of the dialect for what became of a line. A word that is not here is \`undetermined\` (I6). */
export const STATUS_TABLE: Readonly<Record<string, ControlLine['status']>> = {};

/** Never a guess: success and failure are said by a word of the table alone. */
export function statusOf(word: string): ControlLine['status'] {
  return Object.hasOwn(STATUS_TABLE, word) ? (STATUS_TABLE[word] ?? 'undetermined') : 'undetermined';
}
`,
    'inquire.ts': ability('Inquiry', '查询'),
    'control.ts': ability('Control', '冻结、续行冻结、解除冻结、扣划'),
    'connector.ts': `import type { AnswerReading, DocumentContents, OrderTranslation } from '#connector-sdk';
import type { OrderDispatched } from '#contracts';
import { readControl, writeControl } from './control.js';
import { readInquiry, writeInquiry } from './inquire.js';

/** docs/dialects/${dialect}.md: bodies alone. The port of delivery \`${delivery}\` (libs/connector-sdk/ports.ts) comes beside it. */
export class ${className} implements OrderTranslation {
  writeOrder(order: OrderDispatched, contents: DocumentContents): Buffer {
    return order.action === 'inquire' ? writeInquiry(order, contents) : writeControl(order, contents);
  }

  readAnswer(bytes: Buffer, order: OrderDispatched): AnswerReading {
    return order.action === 'inquire' ? readInquiry(bytes, order) : readControl(bytes, order);
  }
}
`,
    'index.ts': `export { manifest } from './manifest.js';
export { readConfig, type ${className}Config } from './config.js';
export { ${className} } from './connector.js';
export { STATUS_TABLE, statusOf } from './status-table.js';
`,
    [`${dialect}.spec.ts`]: `import { describe, expect, it } from '@jest/globals';
import type { OrderDispatched } from '#contracts';
import { AppError } from '#kernel';
import { ${className}, manifest, statusOf } from './index.js';

const inquiry = { orderNumber: '202603104201060000000201', action: 'inquire' } as OrderDispatched;
const freeze = { orderNumber: '202603104201060000000202', action: 'freeze' } as OrderDispatched;

describe('${dialect}', () => {
  it('names itself', () => expect(manifest.dialect).toBe('${dialect}'));

  it.each(['', 'ok', 'toString', '__proto__'])('takes the word "%s" for undetermined', (word) => {
    expect(statusOf(word)).toBe('undetermined');
  });

  it.each([inquiry, freeze])('says no order before it can: $action', (order) => {
    expect(() => new ${className}().writeOrder(order, new Map())).toThrow(AppError);
  });

  it.each([inquiry, freeze])('believes no answer before it can read it: $action', (order) => {
    expect(new ${className}().readAnswer(Buffer.from('anything'), order).kind).toBe('unreadable');
  });
});
`,
    'MAPPINGS.md': `# Mappings of ${dialect}

Every field, both names, direction, and what was decided. A field that is not here is neither read nor written.

| ours | the bank's | direction | decision |
| ---- | ---------- | --------- | -------- |

## Words

| the bank's | ours | why |
| ---------- | ---- | --- |

## Not mapped

| the bank's | why not |
| ---------- | ------- |
`,
    'README.md': `# ${dialect}

**Promise.** Speaks \`docs/dialects/${dialect}.md\`. Until it is written it says no order and believes no answer.

**Not here.** No journal, no limits, no retries: the app and the SDK's guard.

**Life of one order.** \`writeOrder\` makes the bytes once → the delivery brings them to the bank → \`readAnswer\` translates what came. Fields: \`MAPPINGS.md\`.
`,
    'DECISIONS.md': `# Decisions

## A skeleton refuses

Context: a dialect that is half written could lose an order or believe a strange answer. Decision: what is not written throws \`unsupported-by-dialect\`, which withdraws the order, and what is not read is \`unreadable\`, which a person looks at. Revisit never; replace ability by ability.
`,
  };
}

function ability(name, chinese) {
  const lower = name.toLowerCase();
  return `import type { AnswerReading, DocumentContents } from '#connector-sdk';
import type { OrderDispatched } from '#contracts';
import { AppError } from '#kernel';

/** ${chinese}: the exact bytes, strictly written. @throws AppError \`unsupported-by-dialect\` */
export function write${name}({ action }: OrderDispatched, _contents: DocumentContents): Buffer {
  throw new AppError('unsupported-by-dialect', \`\${action} cannot be said in this dialect yet\`);
}

/** Tolerant reading, for every input. */
export function read${name}(_bytes: Buffer, { orderNumber }: OrderDispatched): AnswerReading {
  return { kind: 'unreadable', reason: \`nothing reads the ${lower} answer to \${orderNumber} yet\` };
}
`;
}
