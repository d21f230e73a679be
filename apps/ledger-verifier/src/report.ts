import { rename, writeFile } from 'node:fs/promises';
import type { Broken } from './broken.js';
import type { Verification, VerifyOptions } from './verify.js';

/** What was asked for and how it ended. */
export interface Outcome {
  readonly options: VerifyOptions;
  readonly at: string;
  readonly result: Verification | Broken;
}

/** Writes `<file>` (JSON, `chakong-verification/v1`) and the same in words beside it, `<file without .json>.txt`. */
export async function writeReport(file: string, outcome: Outcome): Promise<void> {
  const report = reportOf(outcome);
  await put(file, `${JSON.stringify(report, undefined, 2)}\n`);
  await put(file.replace(/(?:\.json)?$/, '.txt'), wordsOf(outcome));
}

async function put(file: string, text: string): Promise<void> {
  await writeFile(`${file}.tmp`, text);
  await rename(`${file}.tmp`, file);
}

function reportOf({ options, at, result }: Outcome): Record<string, unknown> {
  const asked = {
    log: options.log,
    vkey: options.vkey,
    policy: options.policy,
    proof: options.proof,
    since: options.since,
    orders: options.orders,
  };
  const head = { format: 'chakong-verification/v1', at, asked };
  if (isBroken(result)) return { ...head, result: 'broken', place: result.place, reason: result.reason };
  const { findings, key, keyFrom, resumedFrom, earlier, proofs, quorum, orders, seconds } = result;
  const { origin, size, root } = findings.checkpoint;
  return {
    ...head,
    result: 'ok',
    origin,
    vkey: key.vkey,
    keyFrom,
    size,
    root: root.toString('base64'),
    checkpoint: findings.signed.toString('utf8'),
    resumedFrom,
    entriesOfEarlierYears: earlier,
    chains: findings.chains.table.count,
    since: result.since.map((one) => ({ file: one.place.replace('--since ', ''), size: one.size, root: one.root.toString('base64') })),
    proofs: proofs && { proofs: proofs.proofs, opened: proofs.opened, atSizes: proofs.heads.map((one) => one.size) },
    witnesses: quorum,
    orders,
    seconds: Math.round(seconds * 1000) / 1000,
    entriesPerSecond: Math.round((findings.derived + earlier) / seconds),
  };
}

function wordsOf({ options, at, result }: Outcome): string {
  const head = ['账本独立验证报告', '', `验证时间：${at}`, `账本位置：${options.log}`];
  if (isBroken(result)) return [...head, '', '结论：不通过', `第一处不符：${result.place}`, `原因：${result.reason}`, ''].join('\n');
  const { findings, key, keyFrom, resumedFrom, earlier, since, proofs, quorum, orders } = result;
  const { origin, size, root } = findings.checkpoint;
  const keyWords = { given: '由验证人另行取得', policy: '取自见证策略文件', log: '取自账本自身，未经独立核对' }[keyFrom];
  const checked = [
    resumedFrom > 0
      ? `自第 ${resumedFrom} 条起重新推导至第 ${size} 条，并核对其为上次验证结果的延续（此前的叶本次未重读）`
      : `全部 ${size} 条叶重新推导：每条叶、每个哈希块、树根与已签名的检查点一致`,
    options.anyEntries ? '叶的内容未检查（--any-entries）' : `${findings.chains.table.count} 条事实链连续无缺：序号连贯，前叶哈希一致`,
    ...(earlier > 0 ? [`往年账本 ${earlier} 条叶一并验证`] : []),
    ...since.map((one) => `与此前保存的检查点一致（${one.size} 条，${one.place.replace('--since ', '')}）`),
    ...(proofs ? [`证明文件：${proofs.proofs} 份证明成立，其中 ${proofs.opened} 份附有原文`] : []),
    ...(quorum
      ? [`见证签名达到法定数：${quorum.cosigned.map((one) => `${one.witness}（${one.at}）`).join('、') || '策略不要求见证'}`]
      : []),
    ...(quorum && quorum.missing.length > 0 ? [`未见证：${quorum.missing.join('、')}`] : []),
    ...(orders ? [`请求单对照：${orders.orders} 个请求单、${orders.facts} 项事实，双向一致`] : []),
  ];
  const facts = [`账本名称：${origin}`, `叶数：${size}`, `树根：${root.toString('base64')}`, `验证公钥：${key.vkey}（${keyWords}）`];
  return [
    ...head,
    ...facts,
    '',
    '结论：通过',
    ...checked.map((line) => `  · ${line}`),
    '',
    '检查点原文：',
    findings.signed.toString('utf8'),
  ].join('\n');
}

function isBroken(result: Verification | Broken): result is Broken {
  return 'reason' in result;
}
