import type { OrderDispatched, OrderLine } from '#contracts';

/** A document with what was found of its seal, in words for the clerk. */
export interface PrintedDocument {
  readonly title: string;
  readonly number: string;
  readonly sha256: string;
  readonly sealer: string;
  readonly sealedAt: string;
  /** Whether the seal holds for exactly these bytes. */
  readonly isValid: boolean;
  readonly verdict: string;
}

export interface PrintedCredential {
  readonly kind: 'work' | 'duty';
  readonly number: string;
  /** `data:` address of the scan; the browser shows it only when it is the picture that it says. */
  readonly image?: string;
}

export interface PrintedSet {
  readonly order: OrderDispatched;
  readonly bankName: string;
  readonly documents: readonly PrintedDocument[];
  readonly credentials: readonly PrintedCredential[];
  readonly receivedAt: string;
  readonly dueAt: string;
  readonly printedAt: string;
  readonly printedBy: string;
}

const ACTIONS = { inquire: '查询', freeze: '冻结', renew: '续行冻结', release: '解除冻结', deduct: '扣划' } as const;
const KINDS = { work: '工作证', duty: '执行公务证' } as const;
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

const STYLE = `body{font:13px/1.5 "Noto Serif CJK SC",SimSun,serif;margin:24px;color:#000}h1{font-size:20px;text-align:center;margin:0 0 4px}
h2{font-size:15px;margin:14px 0 4px}table{width:100%;border-collapse:collapse}th,td{border:1px solid #000;padding:3px 6px;text-align:left;vertical-align:top;overflow-wrap:anywhere}
th{background:#eee;white-space:nowrap}.bad{font-weight:bold;border:3px solid #000;padding:6px;margin:8px 0}.sha{font:10px monospace}img{max-height:140px;max-width:45%;margin-right:12px}
.sign td{height:56px;width:25%}tr{break-inside:avoid}@page{size:A4;margin:14mm}`;

/** The sealed set of one order on paper (R33). Everything that is not ours is escaped; nothing in the page runs or is fetched. */
export function printPage(set: PrintedSet): string {
  const { order, documents } = set;
  const isWhole = documents.every(({ isValid }) => isValid);
  return `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>${escaped(order.orderNumber)}</title><style>${STYLE}</style></head><body>
<h1>协助执行请求单（柜面办理用）</h1>
${isWhole ? '' : '<p class="bad">有文书的电子签章未通过核验，不得据此办理，请与承办法官联系。</p>'}
${headOf(set)}
<h2>请求内容</h2>${linesOf(order)}
${accountOf(order)}
<h2>法律文书及电子签章核验</h2>${documentsOf(documents)}
<h2>执行人员证件</h2>${credentialsOf(set.credentials)}
<h2>柜面办理登记</h2>
<table class="sign"><tr><th>经办柜员</th><td></td><th>复核柜员</th><td></td></tr><tr><th>办理结果</th><td></td><th>办理时间</th><td></td></tr></table>
<p>办理后请以同一请求单号在银行工作台录入结果并上传盖章回执。打印人 ${escaped(set.printedBy)}，打印时间 ${escaped(set.printedAt)}。含个人信息，用毕按规定保管或销毁。</p>
</body></html>`;
}

function headOf({ order, bankName, receivedAt, dueAt }: PrintedSet): string {
  const { officer, debtor } = order;
  return table([
    ['请求单号', order.orderNumber, '协助事项', ACTIONS[order.action]],
    ['协助银行', bankName, '案号', order.case.number],
    ['执行法院', `${order.case.courtName}（${order.case.courtCode}）`, '承办法官', `${officer.name} ${officer.phone ?? ''}`],
    ['被执行人', debtor.name, '证件', `${debtor.idType} ${debtor.idNumber}`],
    ['收到时间', receivedAt, '反馈期限', dueAt],
  ]);
}

function linesOf(order: OrderDispatched): string {
  if (order.lines.length === 0) {
    const { transactions } = order;
    return `<p>查询被执行人在本行的全部财产${transactions ? `，并提供 ${escaped(transactions.from)} 至 ${escaped(transactions.to)} 的往来流水` : ''}。</p>`;
  }
  return listed(['序号', '账号', '金额', '范围', '起止', '原请求单'], order.lines.map(lineOf));
}

function lineOf({ seq, account, currency, amount, newLimit, scope, from, to, original }: OrderLine): readonly string[] {
  const sum = amount?.amount ?? (newLimit ? `解除后保留 ${newLimit.amount}` : '全部');
  const term = from === undefined && to === undefined ? '' : `${from ?? ''} 至 ${to ?? ''}`;
  return [
    String(seq),
    account,
    `${sum} ${currency}`,
    scope === 'account' ? '整个账户' : '资金',
    term,
    original ? `${original.orderNumber} / ${original.seq}` : '',
  ];
}

function accountOf({ courtAccount }: OrderDispatched): string {
  if (!courtAccount) return '';
  const { name, number, subAccount, bankName, bankNumber } = courtAccount;
  return `<h2>执行款专户</h2>${table([
    ['户名', name, '账号', `${number} ${subAccount ?? ''}`],
    ['开户行', bankName, '行号', bankNumber],
  ])}`;
}

function documentsOf(documents: readonly PrintedDocument[]): string {
  const rows = documents.map(({ title, number, sha256, sealer, sealedAt, verdict }) => [
    title,
    number,
    `${sealer} ${sealedAt}`,
    verdict,
    sha256,
  ]);
  return listed(['文书', '文号', '签章', '核验结果', 'SHA-256'], rows);
}

function credentialsOf(credentials: readonly PrintedCredential[]): string {
  const images = credentials.flatMap(({ kind, image }) =>
    image === undefined ? [] : `<img alt="${KINDS[kind]}" src="${escaped(image)}">`,
  );
  return `${listed(
    ['证件', '编号'],
    credentials.map(({ kind, number }) => [KINDS[kind], number]),
  )}<p>${images.join('')}</p>`;
}

function table(rows: readonly (readonly string[])[]): string {
  const cells = (row: readonly string[]): string =>
    row.map((text, i) => (i % 2 === 0 ? `<th>${escaped(text)}</th>` : `<td>${escaped(text)}</td>`)).join('');
  return `<table>${rows.map((row) => `<tr>${cells(row)}</tr>`).join('')}</table>`;
}

function listed(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const body = rows.map((row) => `<tr>${row.map((text) => `<td>${escaped(text)}</td>`).join('')}</tr>`).join('');
  return `<table><tr>${heads.map((head) => `<th>${head}</th>`).join('')}</tr>${body}</table>`;
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
